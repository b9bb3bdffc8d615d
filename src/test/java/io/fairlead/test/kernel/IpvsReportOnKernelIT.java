package io.fairlead.test.kernel;

import io.fairlead.test.program.IpvsReportMain;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The report for a node of kube-proxy's mode ipvs, on a kernel that has IPVS.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(90)
final class IpvsReportOnKernelIT {

    private static final Duration LONGEST = Duration.ofSeconds(80);

    @Test
    void saysWhatTheNodeHas() {
        System.out.println(OtherKernel.run(IpvsReportMain.class, LONGEST));
    }
}
