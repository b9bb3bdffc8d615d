package io.fairlead.test.kernel;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IPVS of a real kernel: what it does with packets, what it says of its settings, and that the fake answers as it does.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(180)
final class IpvsOnKernelIT {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    @Test
    void balancesAsItIsTold() {
        System.out.println(OtherKernel.run(IpvsTrafficMain.class, LONGEST));
    }

    @Test
    void readsBackWhatWasWritten() {
        System.out.println(OtherKernel.run(IpvsSettingsMain.class, LONGEST));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void fakeAnswersAsTheKernel(long seed) {
        System.out.println(OtherKernel.run(IpvsTwinsMain.class, LONGEST, Long.toString(seed)));
    }
}
