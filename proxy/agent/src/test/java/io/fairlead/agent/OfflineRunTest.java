package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.mode.ModeOptions;
import io.fairlead.agent.plan.Plans;
import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.netns.NetNs;
import org.junit.jupiter.api.Test;

/**
 * {@code --dry-run} and {@code --once}.
 *
 * <p>Confined to the test thread.
 */
class OfflineRunTest {

    private final StringBuilder out = new StringBuilder();
    private final OfflineRun run = run(ProxyMode.NFTABLES);

    private OfflineRun run(ProxyMode mode) {
        return new OfflineRun(SmallCluster.POLICY, mode, ModeOptions.DEFAULT, OfflineRunTest::source, out);
    }

    private static void source(ClusterStore store) {
        ClusterSink sink = store.register("test");
        Service web = Plans.service("web", "172.30.0.41").nodePort(30080).build();
        sink.offer(new ClusterChange.Upsert(SmallCluster.node()));
        sink.offer(new ClusterChange.Upsert(web));
        sink.offer(new ClusterChange.Upsert(Plans.slice(web, "10.180.0.1@node-1")));
        sink.offer(new ClusterChange.SetAside(
                ClusterKind.SERVICE, new ObjectName("default", "bad"), "bad.yaml:7", "spec.ports: is missing"));
        sink.offer(new ClusterChange.Synced());
    }

    @Test
    void dryRunPrintsPlanAndRules() {
        assertEquals(0, run.dryRun());
        String text = out.toString();
        for (String part : new String[] {
            "default/web:http/tcp  172.30.0.41:80/tcp",
            "set aside Service default/bad (bad.yaml:7): spec.ports: is missing\n",
            "1 Services planned, ",
            "table ip fairlead {",
            "172.30.0.41 . tcp . 80 . 0 : 10.180.0.1 . 8080",
            "table ip6 fairlead {"
        }) {
            assertTrue(text.contains(part), part + " is missing in " + text);
        }
    }

    @Test
    void onceWritesTheKernelAndSaysWhatChanged() {
        try (NetNs namespace = NetNs.anonymous()) {
            assertEquals(0, namespace.run(run::once));
            assertTrue(out.toString().contains("1 Services planned, "), out.toString());
            out.setLength(0);
            assertEquals(0, namespace.run(run::once));
            assertTrue(out.toString().contains(" 0 elements changed in 2 transactions"), out.toString());
        }
    }

    @Test
    void dryRunOfIptablesPrintsWhatItsToolsWouldPrint() {
        assertEquals(0, run(ProxyMode.IPTABLES).dryRun());
        String text = out.toString();
        for (String part : new String[] {
            "# iptables\n*filter\n",
            "-A PREROUTING -m comment --comment \"fairlead: Services\" -j FL-SERVICES\n",
            "-d 172.30.0.41/32 -p tcp -m tcp --dport 80 -m comment --comment \"default/web:http/tcp ClusterIP\" -g FL-U-",
            "# ip6tables\n*filter\n"
        }) {
            assertTrue(text.contains(part), part + " is missing in " + text);
        }
    }

    @Test
    void dryRunOfIpvsPrintsTablesAndVirtualServers() {
        assertEquals(0, run(ProxyMode.IPVS).dryRun());
        String text = out.toString();
        for (String part : new String[] {
            "table ip fairlead-ipvs {",
            "# ipvsadm --save --numeric\n",
            "-A -t 172.30.0.41:80 -s rr -b flag-3\n-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 1\n"
        }) {
            assertTrue(text.contains(part), part + " is missing in " + text);
        }
    }

    @Test
    void onceWritesIptablesAndFindsThemThere() {
        try (NetNs namespace = NetNs.anonymous()) {
            assertEquals(0, namespace.run(run(ProxyMode.IPTABLES)::once));
            assertTrue(out.toString().contains("1 Services planned, "), out.toString());
            out.setLength(0);
            assertEquals(0, namespace.run(run(ProxyMode.IPTABLES)::once));
            assertTrue(out.toString().contains(" 0 elements changed in 0 transactions"), out.toString());
        }
    }
}
