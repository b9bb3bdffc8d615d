package io.fairlead.ingress.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Node 192.168.0.2 and fd00::2; own ports 8443 and 9000; 169.254.7.0/24 and 127.0.0.7/32 allowed. */
final class DestinationPolicyTest {

    private static final DestinationPolicy POLICY = new DestinationPolicy(
            Set.of(IpAddress.parse("192.168.0.2"), IpAddress.parse("fd00::2")),
            Set.of(8443, 9000),
            List.of(IpPrefix.parse("169.254.7.0/24"), IpPrefix.parse("127.0.0.7/32")));

    @ParameterizedTest
    @CsvSource({
        // Address, port, whether the object says that it is a Pod, the verdict.
        "10.0.0.1, 80, false, ALLOWED",
        "10.0.0.1, 8443, false, ALLOWED",
        "fd00::1, 80, false, ALLOWED",
        "127.0.0.1, 80, true, LOOPBACK",
        "127.255.255.254, 80, false, LOOPBACK",
        "::1, 80, true, LOOPBACK",
        "127.0.0.1, 9000, false, OWN_PORT",
        "127.0.0.7, 80, false, ALLOWED",
        "127.0.0.7, 9000, true, OWN_PORT",
        "0.0.0.0, 80, false, UNSPECIFIED",
        "0.1.2.3, 80, false, UNSPECIFIED",
        "::, 80, false, UNSPECIFIED",
        "169.254.169.254, 80, true, LINK_LOCAL",
        "169.254.7.1, 80, false, ALLOWED",
        "fe80::1, 80, false, LINK_LOCAL",
        "224.0.0.1, 80, false, GROUP",
        "255.255.255.255, 80, false, GROUP",
        "240.0.0.1, 80, false, GROUP",
        "ff02::1, 80, false, GROUP",
        "192.168.0.2, 80, false, NODE_ADDRESS",
        "192.168.0.2, 80, true, ALLOWED",
        "192.168.0.2, 8443, true, OWN_PORT",
        "192.168.0.2, 8443, false, OWN_PORT",
        "fd00::2, 80, false, NODE_ADDRESS",
        "192.168.0.3, 8443, false, ALLOWED",
        // IPv4 in IPv6 (RFC 4291, RFC 6052).
        "64:ff9b::7f00:1, 80, false, LOOPBACK",
        "64:ff9b::a00:1, 80, false, ALLOWED",
        "::127.0.0.1, 80, false, LOOPBACK",
        "::ffff:169.254.169.254, 80, false, LINK_LOCAL",
        "64:ff9b::c0a8:2, 9000, true, OWN_PORT",
    })
    void verdicts(String address, int port, boolean pod, DestinationVerdict verdict) {
        assertEquals(verdict, POLICY.verdict(new Destination(IpAddress.parse(address), port), pod));
    }

    @Test
    void anAddressAsAResolverHasItIsTheSame() {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;
        assertEquals(
                DestinationVerdict.LOOPBACK, POLICY.verdict(new Destination(IpAddress.ofBytes(mapped), 80), false));
    }
}
