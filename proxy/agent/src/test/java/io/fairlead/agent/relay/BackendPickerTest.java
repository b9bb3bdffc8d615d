package io.fairlead.agent.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.ServicePortName;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Time is passed in, chance is seeded. */
class BackendPickerTest {

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static Backend backend(int last) {
        return new Backend(IpAddress.parse("fd00:10::" + last), 8080, Backend.Where.THIS_NODE);
    }

    private static LoopbackPort port(String service, int affinitySeconds, int... backends) {
        List<Backend> list =
                IntStream.of(backends).mapToObj(BackendPickerTest::backend).toList();
        ServicePortName name = new ServicePortName(new ObjectName("default", service), "http", Protocol.TCP);
        return new LoopbackPort(30080, name, list, affinitySeconds);
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private Set<Backend> picks(BackendPicker picker) {
        Set<Backend> picks = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            picks.add(picker.pick(i, random));
        }
        return picks;
    }

    @Test
    void spreadsEvenly() {
        BackendPicker picker = new BackendPicker(port("web", 0, 1, 2, 3, 4));
        Map<Backend, Integer> shares = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            shares.merge(picker.pick(i, random), 1, Integer::sum);
        }
        assertEquals(4, shares.size());
        // Six standard deviations.
        shares.values()
                .forEach(share -> assertTrue(Math.abs(share - 1000) < 165, "seed " + seed + ", shares " + shares));
    }

    @Test
    void affinityKeepsTheBackendUntilNoConnectionCameForTheTimeout() {
        BackendPicker picker = new BackendPicker(port("web", 60, 1, 2, 3, 4, 5, 6, 7, 8));
        Backend first = picker.pick(0, random);
        for (int i = 1; i <= 20; i++) {
            assertEquals(first, picker.pick(seconds(59 * i), random), "each connection renews the record");
        }
        Set<Backend> others = new HashSet<>();
        for (int i = 1; i <= 50; i++) {
            others.add(picker.pick(seconds(59 * 20 + 60 * i), random));
        }
        assertTrue(others.size() > 1, "seed " + seed + ": the record never ended");
    }

    @Test
    void recordOfABackendThatLeftIsIgnored() {
        BackendPicker picker = new BackendPicker(port("web", 60, 1));
        assertEquals(backend(1), picker.pick(0, random));
        picker.update(port("web", 60, 2));
        assertEquals(backend(2), picker.pick(1, random));
        picker.update(port("web", 60, 1, 2, 3));
        assertEquals(Set.of(backend(2)), picks(picker), "the record survives changes that leave its backend");
    }

    @Test
    void recordEndsWithAffinityAndWithTheService() {
        BackendPicker picker = new BackendPicker(port("web", 60, 1));
        assertEquals(backend(1), picker.pick(0, random));
        picker.update(port("web", 0, 1, 2));
        assertEquals(Set.of(backend(1), backend(2)), picks(picker), "seed " + seed);
        boolean other = false;
        for (int i = 0; i < 50; i++) {
            BackendPicker moved = new BackendPicker(port("web", 60, 1));
            assertEquals(backend(1), moved.pick(0, random));
            moved.update(port("other", 60, 1, 2));
            other |= moved.pick(1, random).equals(backend(2));
        }
        assertTrue(other, "seed " + seed + ": another Service's record was used");
    }
}
