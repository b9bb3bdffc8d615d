package io.fairlead.kernel.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of tables that the legacy tools wrote. Confined to the test thread. */
class LegacyTableTest {

    private final NetNs namespace = NetNs.anonymous();

    @AfterEach
    void leave() {
        namespace.close();
    }

    private void run(String tool, String rule) {
        namespace.run(() -> Tool.run((tool + " " + rule).split(" ")));
    }

    private Optional<LegacyTable> read(LegacyTable.Family family, String table) {
        return namespace.run(() -> LegacyTable.read(family, table));
    }

    private static String tool(LegacyTable.Family family) {
        return family == LegacyTable.Family.IPV4 ? "iptables-legacy" : "ip6tables-legacy";
    }

    @Test
    void lookingMakesNoTable() throws IOException {
        assertEquals(Optional.empty(), read(LegacyTable.Family.IPV4, "filter"));
        assertEquals("", namespace.run(() -> Files.readString(Path.of("/proc/thread-self/net/ip_tables_names"))));
    }

    @Test
    void chainsAreFoundByTheirNames() {
        for (LegacyTable.Family family : LegacyTable.Family.values()) {
            run(tool(family), "-t mangle -N KUBE-PROXY-CANARY");
            run(tool(family), "-t mangle -N KUBE-KUBELET-CANARY");
            run(tool(family), "-t mangle -A KUBE-KUBELET-CANARY -p tcp --dport 80 -j KUBE-PROXY-CANARY");
            LegacyTable mangle = read(family, "mangle").orElseThrow();
            assertTrue(mangle.hasChain("KUBE-PROXY-CANARY"));
            assertTrue(mangle.hasChain("KUBE-KUBELET-CANARY"));
            assertFalse(mangle.hasChain("KUBE-PROXY"));
            assertFalse(mangle.hasChain("PREROUTING"));
            assertEquals(Optional.empty(), read(family, "nat"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-P FORWARD ACCEPT |  | ACCEPTS",
                "-P FORWARD DROP |  | DROPS",
                "-P FORWARD DROP | -A FORWARD -j ACCEPT | ACCEPTS",
                "-P FORWARD DROP | -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT | ACCEPTS",
                "-P FORWARD DROP | -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT | MAY_DROP",
                "-P FORWARD DROP | -A FORWARD -i eth0 -m conntrack --ctstate DNAT -j ACCEPT | MAY_DROP",
                "-P FORWARD DROP | -A FORWARD -i eth0 -j DROP | DROPS",
                "-P FORWARD ACCEPT | -A FORWARD -i eth0 -j DROP | ACCEPTS",
                "-P FORWARD ACCEPT | -A FORWARD -j REJECT | DROPS",
                "-P FORWARD ACCEPT | -A FORWARD -j DROP | DROPS",
            })
    void forwardChainIsJudged(String policy, String rule, ForwardVerdict expected) {
        for (LegacyTable.Family family : LegacyTable.Family.values()) {
            run(tool(family), policy);
            if (rule != null) {
                run(tool(family), rule);
            }
            assertEquals(expected, read(family, "filter").orElseThrow().forward(), family + " " + rule);
        }
    }

    @Test
    void tableWithoutTheHookForwardsEverything() {
        run("iptables-legacy", "-t nat -N KUBE-SERVICES");
        assertEquals(
                ForwardVerdict.ACCEPTS,
                read(LegacyTable.Family.IPV4, "nat").orElseThrow().forward());
    }
}
