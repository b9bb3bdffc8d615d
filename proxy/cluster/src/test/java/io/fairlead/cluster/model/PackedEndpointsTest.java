package io.fairlead.cluster.model;

import static io.fairlead.cluster.model.EndpointBuilder.endpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PackedEndpointsTest {

    private static final List<Endpoint> V4 = List.of(
            endpoint("10.180.0.1").node("n1").build(),
            endpoint("10.180.0.2").notReady().zoneHints("a", "b").build(),
            endpoint("10.180.0.3").terminating(true).nodeHints("n1").build(),
            endpoint("10.180.0.4").terminating(false).node("n2").build());

    @Test
    void givesBackWhatWasPutIn() {
        assertEquals(V4, PackedEndpoints.copyOf(IpFamily.IPV4, V4));
        List<Endpoint> v6 =
                List.of(endpoint("fd00::1").build(), endpoint("fd00::2").build());
        assertEquals(v6, PackedEndpoints.copyOf(IpFamily.IPV6, v6));
        assertEquals(v6.hashCode(), PackedEndpoints.copyOf(IpFamily.IPV6, v6).hashCode());
    }

    @Test
    void differsWhereAnyFieldDiffers() {
        List<Endpoint> packed = PackedEndpoints.copyOf(IpFamily.IPV4, V4);
        assertEquals(packed, PackedEndpoints.copyOf(IpFamily.IPV4, new ArrayList<>(V4)));
        List<Endpoint> others = List.of(
                endpoint("10.180.0.9").node("n1").build(),
                endpoint("10.180.0.1").node("n2").build(),
                endpoint("10.180.0.1").node("n1").notReady().build(),
                endpoint("10.180.0.1").node("n1").terminating(true).build(),
                endpoint("10.180.0.1").node("n1").zoneHints("a").build(),
                endpoint("10.180.0.1").node("n1").nodeHints("n1").build());
        for (Endpoint other : others) {
            List<Endpoint> changed = new ArrayList<>(V4);
            changed.set(0, other);
            assertNotEquals(packed, PackedEndpoints.copyOf(IpFamily.IPV4, changed), other.toString());
        }
        assertNotEquals(packed, PackedEndpoints.copyOf(IpFamily.IPV4, V4.subList(0, 3)));
    }

    @Test
    void refusesAnAddressOfTheOtherFamily() {
        assertThrows(IllegalArgumentException.class, () -> PackedEndpoints.copyOf(IpFamily.IPV6, V4));
    }
}
