package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.test.kernel.OtherKernel.Kind;
import io.fairlead.test.netns.KernelScenariosMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is proven on User Mode Linux, on Debian's own kernel too, with modules that it loads when they are asked for.
 *
 * <p>Confined to the test thread.
 */
@Tag("long")
@Timeout(660)
final class StockKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static void run(Class<?> main, String... words) {
        System.out.println(OtherKernel.run(Kind.STOCK, main, LONGEST, words));
    }

    @Test
    void runsDebiansKernelAndWritesNothingToTheMachine() throws IOException {
        String said = OtherKernel.run(Kind.STOCK, OtherKernelIT.Speaks.class, LONGEST, "two words");
        assertTrue(said.startsWith("two words /run/tmp Linux version "), said);
        assertTrue(said.contains("Debian"), said);
        assertFalse(said.contains(Files.readString(Path.of("/proc/version"))), said);
        run(OtherKernelIT.Writes.class);
        OtherKernelIT.assertNothingWritten();
    }

    @Test
    void balancesAsItIsTold() {
        run(IpvsTrafficMain.class);
    }

    @Test
    void readsBackWhatWasWritten() {
        // Debian does not build it.
        run(IpvsSettingsMain.class, "twos");
    }

    @Test
    void leftoversOfKubeProxysModeIpvsGo() {
        run(KubeProxyIpvsMain.class, KubeProxyOnKernelIT.kubeProxy());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void fakeAnswersAsTheKernel(long seed) {
        run(IpvsTwinsMain.class, Long.toString(seed));
    }

    /** Those of the other kernel; and nftables, since this one is older than those of machines that run tests. */
    static Stream<String> shares() {
        return Stream.concat(ScenariosOnKernelIT.shares(), Stream.of("nftables 1/3", "nftables 2/3", "nftables 3/3"));
    }

    @ParameterizedTest
    @MethodSource("shares")
    void packetsGoWhereScenariosSay(String planeAndShare) {
        run(KernelScenariosMain.class, planeAndShare.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void sctpGoesWhereScenariosSay(String plane) {
        run(KernelScenariosMain.class, plane, KernelScenariosMain.SCTP);
    }
}
