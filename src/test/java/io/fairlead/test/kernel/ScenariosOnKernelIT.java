package io.fairlead.test.kernel;

import io.fairlead.test.netns.KernelScenariosMain;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scenarios with real packets on a kernel that has what machines that run tests lack.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(90)
final class ScenariosOnKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** Planes that play every scenario there; the others play those with SCTP, and all of them on this machine's kernel. */
    private static final List<String> EVERYTHING = List.of("ipvs");

    /** A quarter of all takes 20 seconds, on an idle processor; the kernel ends after a minute. */
    private static final int SHARES = 4;

    static Stream<String> shares() {
        return EVERYTHING.stream()
                .flatMap(plane ->
                        IntStream.rangeClosed(1, SHARES).mapToObj(share -> plane + " " + share + "/" + SHARES));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("shares")
    void packetsGoWhereScenariosSay(String planeAndShare) {
        System.out.println(OtherKernel.run(KernelScenariosMain.class, LONGEST, planeAndShare.split(" ", -1)));
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = {"nftables", "iptables-legacy", "iptables-nft"})
    void sctpGoesWhereScenariosSay(String plane) {
        System.out.println(OtherKernel.run(KernelScenariosMain.class, LONGEST, plane, KernelScenariosMain.SCTP));
    }
}
