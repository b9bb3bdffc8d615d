package io.fairlead.kernel.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netns.NetNs;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** IPVS of this machine: most of those that run tests have none, and are told so. */
class NetlinkIpvsTest {

    @Test
    void kernelHasIpvsOrSaysWhatItLacks() {
        try (NetNs namespace = NetNs.anonymous()) {
            Optional<NetlinkIpvs> opened = namespace.run(NetlinkIpvs::openIfPresent);
            if (opened.isPresent()) {
                try (NetlinkIpvs ipvs = opened.get()) {
                    assertEquals(List.of(), ipvs.virtualServers());
                }
            } else {
                KernelException refused = assertThrows(KernelException.class, () -> namespace.run(NetlinkIpvs::open));
                assertEquals(Errno.EPROTONOSUPPORT, refused.errno());
                assertTrue(refused.toString().contains("module ip_vs"), refused::toString);
            }
        }
    }
}
