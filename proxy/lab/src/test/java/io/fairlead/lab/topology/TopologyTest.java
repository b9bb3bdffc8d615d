package io.fairlead.lab.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyTest {

    @Test
    void addressesTellNodeAndPod() {
        HostSpec pod = Topology.of(3, 4).nodes().get(1).pods().get(2);
        assertEquals("pod-2-3", pod.name());
        assertEquals("10.180.2.13", pod.addresses().text4());
        assertEquals("fd00:10:180:2::13", pod.addresses().text6());
        assertEquals("node-2", Topology.of(3, 4).nodeOf(pod).name());
    }

    @Test
    void podsTakeTurnsBetweenNodes() {
        List<String> names =
                Topology.of(2, 2).pods().stream().map(HostSpec::name).toList();
        assertEquals(List.of("pod-1-1", "pod-2-1", "pod-1-2", "pod-2-2"), names);
    }

    @Test
    void refusesMoreThanTheAddressesAllow() {
        assertThrows(IllegalArgumentException.class, () -> Topology.of(10, 1));
        assertThrows(IllegalArgumentException.class, () -> Topology.of(1, 201));
        assertThrows(IllegalArgumentException.class, () -> Topology.of(0, 1));
    }

    @Test
    void longestRunOfZerosIsLeftOut() {
        assertEquals("::", DualStack.of("0.0.0.0", "::").text6());
        assertEquals("fd00:c0a8::11", DualStack.of("0.0.0.0", "fd00:c0a8::11").text6());
        assertEquals("fd00:10:180::", Topology.POD_RANGE.first().text6());
    }
}
