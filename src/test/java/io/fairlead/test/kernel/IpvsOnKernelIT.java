package io.fairlead.test.kernel;

import io.fairlead.test.netns.Facility;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IPVS of a real kernel: what it does with packets, what it says of its settings, and that the fake answers as it does.
 * On the other kernel, and on this machine's where that has IPVS.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(240)
final class IpvsOnKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void balancesAsItIsTold() throws Throwable {
        everywhere(IpvsTrafficMain.class, IpvsTrafficMain::main);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void readsBackWhatWasWritten() throws Throwable {
        everywhere(IpvsSettingsMain.class, IpvsSettingsMain::main);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(longs = {1, 2, 3})
    void fakeAnswersAsTheKernel(long seed) throws Throwable {
        everywhere(IpvsTwinsMain.class, IpvsTwinsMain::main, Long.toString(seed));
    }

    private static void everywhere(Class<?> main, ThrowingConsumer<String[]> here, String... words) throws Throwable {
        System.out.println(OtherKernel.run(main, LONGEST, words));
        if (Facility.IPVS.isThere()) {
            here.accept(words);
        }
    }
}
