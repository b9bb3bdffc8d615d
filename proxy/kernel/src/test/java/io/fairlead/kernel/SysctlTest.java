package io.fairlead.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.util.List;
import org.junit.jupiter.api.Test;

class SysctlTest {

    private static final Sysctl LIBERAL = new Sysctl("net/netfilter/nf_conntrack_tcp_be_liberal");

    @Test
    void isOfTheNamespaceOfTheCallingThread() {
        try (NetNs one = NetNs.anonymous();
                NetNs other = NetNs.anonymous()) {
            assertEquals(new Sysctl.Value("1"), one.run(() -> LIBERAL.write(1)));
            assertEquals(new Sysctl.Value("1"), one.run(LIBERAL::read));
            assertEquals(new Sysctl.Value("0"), other.run(LIBERAL::read));
            String witness = one.run(() -> Tool.run("sysctl", "-n", "net.netfilter.nf_conntrack_tcp_be_liberal"));
            assertEquals("1", witness.strip());
        }
    }

    @Test
    void threadStartedInsideSeesItsNamespaceToo() throws InterruptedException {
        try (NetNs inside = NetNs.anonymous()) {
            inside.run(() -> LIBERAL.write(1));
            Sysctl.Outcome[] seen = new Sysctl.Outcome[1];
            inside.start("reader", () -> seen[0] = LIBERAL.read()).join();
            assertEquals(new Sysctl.Value("1"), seen[0]);
        }
    }

    @Test
    void missingIsAnAnswer() {
        Sysctl missing = new Sysctl("net/ipv4/no_such_thing");
        assertInstanceOf(Sysctl.Missing.class, missing.read());
        assertInstanceOf(Sysctl.Missing.class, missing.write(1));
    }

    @Test
    void badValueAndReadOnlyAreAnswers() {
        try (NetNs inside = NetNs.anonymous()) {
            assertInstanceOf(Sysctl.Refused.class, inside.run(() -> LIBERAL.write("many")));
            assertInstanceOf(
                    Sysctl.Refused.class, inside.run(() -> new Sysctl("net/netfilter/nf_conntrack_max").write(1000)));
        }
    }

    @Test
    void readsNumbers() {
        Sysctl.Value max = assertInstanceOf(Sysctl.Value.class, new Sysctl("net/netfilter/nf_conntrack_max").read());
        String witness = Tool.run("sysctl", "-n", "net.netfilter.nf_conntrack_max");
        assertEquals(Long.parseLong(witness.strip()), max.number());
        assertThrows(NumberFormatException.class, () -> new Sysctl.Value("4096 87380").number());
    }

    @Test
    void refusesPathsThatLeaveTheTree() {
        for (String bad : List.of("", "/etc/passwd", "net/../../etc/passwd", "net//ipv4", "net/ipv4/", "a\0b", ".")) {
            assertThrows(IllegalArgumentException.class, () -> new Sysctl(bad), bad);
        }
    }
}
