package io.fairlead.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.lab.topology.HostSpec;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CastTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyRoleHasItsOwnPod(int nodes) {
        Cast cast = Cast.of(nodes);
        Set<HostSpec> all = new HashSet<>(cast.web());
        all.addAll(cast.standby());
        all.add(cast.asker());
        all.add(cast.ingress());
        assertEquals(8, all.size());
        assertTrue(cast.topology().pods().containsAll(all));
    }

    @Test
    void theFirstNodeHasSomeEndpointsAndNotAll() {
        Cast cast = Cast.of(3);
        long here = cast.web().stream()
                .filter(pod -> cast.topology().nodeOf(pod).name().equals("node-1"))
                .count();
        assertTrue(
                here > 0 && here < cast.web().size(), "externalTrafficPolicy Local makes no difference with " + here);
    }
}
