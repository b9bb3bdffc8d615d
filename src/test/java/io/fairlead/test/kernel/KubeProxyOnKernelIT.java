package io.fairlead.test.kernel;

import io.fairlead.lab.kube.Judges;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.FromIpvsMain;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real kube-proxy in mode ipvs, on a kernel that has IPVS.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(150)
final class KubeProxyOnKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** Its file. */
    static String kubeProxy() {
        return new Judges(Fairlead.ROOT.resolve("target/judges"))
                .program("kubernetes", "kube-proxy")
                .toString();
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = {"ipvs", "nftables"})
    void nobodyNoticesTheTakeOverTo(String mode) {
        System.out.println(OtherKernel.run(FromIpvsMain.class, LONGEST, kubeProxy(), mode));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void leftoversOfModeIpvsGo() {
        System.out.println(OtherKernel.run(KubeProxyIpvsMain.class, LONGEST, kubeProxy()));
    }
}
