package io.fairlead.test.kernel;

import io.fairlead.test.program.ModeSwitchMain;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every mode to every other one, on a kernel that has all of them.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(90)
final class ModesOnKernelIT {

    private static final Duration LONGEST = Duration.ofSeconds(80);

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(
            strings = {
                "nftables iptables ipvs nftables",
                "iptables nftables ipvs iptables",
                "at-run-time nftables ipvs iptables nftables",
                "at-run-time ipvs nftables iptables ipvs"
            })
    void noConnectionIsLostFromModeToMode(String modes) {
        System.out.println(OtherKernel.run(ModeSwitchMain.class, LONGEST, modes.split(" ", -1)));
    }
}
