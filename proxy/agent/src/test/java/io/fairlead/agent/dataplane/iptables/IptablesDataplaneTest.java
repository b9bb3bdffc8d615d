package io.fairlead.agent.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.Plans;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.Service;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesTransaction;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IptablesDataplaneTest {

    private static final Service WEB = Plans.service("web", "172.30.0.41").build();
    private static final String ONE = "10.180.0.1@node-1";
    private static final String TWO = "10.180.1.1@node-2";

    private final IptablesRig rig = new IptablesRig();

    @BeforeEach
    void serve() {
        assertFalse(rig.apply(IptablesRig.plan(WEB, ONE, TWO)).dirty());
    }

    private static ServicePlan many(int number) {
        return IptablesRig.plan(
                Plans.service("s" + number, "172.31." + number / 250 + "." + number % 250)
                        .build(),
                ONE,
                TWO);
    }

    @Test
    void aServiceIsOneRuleAndOneChain() {
        List<String> way = rig.rules("FL-ADDRESSES");
        assertEquals(1, way.size());
        String rule = way.getFirst();
        assertTrue(
                rule.startsWith("-d 172.30.0.41/32 -p tcp -m tcp --dport 80 -m comment"
                        + " --comment \"default/web:http/tcp ClusterIP\" -g FL-U-"),
                rule);
        assertEquals(
                List.of(
                        "! -s 10.0.0.0/8 -j MARK --set-xmark 0x4000/0x4000",
                        "-p tcp -m statistic --mode random --probability 0.50000000000"
                                + " -j DNAT --to-destination 10.180.0.1:8080",
                        "-p tcp -j DNAT --to-destination 10.180.1.1:8080"),
                rig.rules(rule.substring(rule.lastIndexOf(' ') + 1)));
    }

    @Test
    void nothingIsSentWhenNothingChanged() {
        assertEquals(0, rig.apply(IptablesRig.plan(WEB, ONE, TWO)).transactions());
        assertEquals(0, rig.restart().transactions());
    }

    /** Of ten thousand Services one changes: what is sent is about that one. */
    @Test
    void aChangeCostsWhatItTouches() {
        rig.apply(
                IntStream.range(0, 2_000).mapToObj(IptablesDataplaneTest::many).toArray(ServicePlan[]::new));
        rig.apply(IptablesRig.plan(WEB, TWO));
        List<String> commands =
                rig.sent.stream().filter(line -> line.startsWith("-")).toList();
        assertEquals(2, commands.size(), rig.sent::toString);
        rig.apply(IptablesRig.plan(Plans.service("new", "172.30.200.1").build(), ONE, TWO));
        assertTrue(rig.sent.size() < 40, rig.sent::toString);
    }

    @Test
    void whatIsRefusedStandsAlone() {
        ServicePlan[] plans =
                IntStream.range(0, 20).mapToObj(IptablesDataplaneTest::many).toArray(ServicePlan[]::new);
        String bad = "s7:http";
        rig.kernel.refuse(line -> line.contains(bad));
        SyncResult result = rig.apply(plans);
        assertEquals(1, result.failures().size());
        assertTrue(
                result.failures().getFirst().frontend().orElseThrow().toString().contains("172.31.0.7:80"));
        String all =
                String.join("\n", rig.rules("FL-ADDRESSES")) + rig.chains("nat").keySet();
        assertFalse(all.contains(bad));
        assertTrue(rig.chains("nat").values().toString().contains("s8:http"));
        rig.kernel.refuse(line -> false);
        assertFalse(rig.restart().dirty());
        assertTrue(rig.chains("nat").values().toString().contains(bad));
    }

    /** What an earlier run wrote goes on serving while the next one finds out what is refused. */
    @Test
    void refusalsOfAnotherRunLeaveNoGap() {
        ServicePlan[] plans =
                IntStream.range(0, 20).mapToObj(IptablesDataplaneTest::many).toArray(ServicePlan[]::new);
        rig.apply(plans);
        rig.kernel.refuse(line -> line.contains("10.180.9.9:"));
        rig.apply(IptablesRig.plan(Plans.service("bad", "172.31.9.9").build(), "10.180.9.9@node-1"));
        rig.leastServed = Integer.MAX_VALUE;
        assertEquals(1, rig.restart().failures().size());
        assertEquals(21, rig.leastServed, "web and the twenty");
    }

    /** An address that nobody serves any more is refused before it is no longer translated. */
    @Test
    void refusalsComeFirstAndGoLast() {
        rig.apply(IptablesRig.plan(WEB));
        int refused = indexOf("REJECT");
        int untranslated = indexOf("-j ACCEPT");
        assertTrue(refused >= 0 && refused < untranslated, rig.sent::toString);
        rig.apply(IptablesRig.plan(WEB, ONE));
        int translated = indexOf("-j DNAT");
        int allowed = rig.sent.lastIndexOf("*filter");
        assertTrue(translated >= 0 && translated < allowed, rig.sent::toString);
    }

    private int indexOf(String part) {
        for (int i = 0; i < rig.sent.size(); i++) {
            if (rig.sent.get(i).contains(part)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void othersRulesStayInTheirOrder() {
        Iptables other = rig.kernel.open(false);
        IptablesTransaction foreign = new IptablesTransaction().table("nat").chain("CNI-HOSTPORT");
        foreign.append(
                "CNI-HOSTPORT", List.of(IptablesRule.rule().comment("theirs").comeBack()));
        foreign.prepend("PREROUTING", IptablesRule.rule().jump("CNI-HOSTPORT"));
        foreign.append(
                "CNI-HOSTPORT", List.of(IptablesRule.rule().comment("theirs").jump("FL-SERVICES")));
        other.apply(foreign);
        List<String> before = rig.rules("PREROUTING");
        rig.restart();
        assertEquals(before, rig.rules("PREROUTING"), "a hook that is there is not moved");
        assertEquals(2, rig.rules("CNI-HOSTPORT").size(), "who else leads to our chains is up to them");
        other.apply(new IptablesTransaction()
                .table("nat")
                .delete("CNI-HOSTPORT", IptablesRule.rule().comment("theirs").jump("FL-SERVICES")));
        IptablesDataplane.cleanup(other);
        assertEquals(List.of("-j CNI-HOSTPORT"), rig.rules("PREROUTING"));
        assertEquals(1, rig.rules("CNI-HOSTPORT").size());
        assertTrue(rig.chains("nat").keySet().stream().noneMatch(chain -> chain.startsWith("FL-")));
        assertFalse(IptablesDataplane.cleanup(other));
    }

    /** It may be gone the next moment, and its chains would lead to Pods that are gone, too. */
    @Test
    void aKubeProxyThatComesLaterDoesNotDecide() {
        IptablesRule theirs =
                IptablesRule.rule().comment("kubernetes service portals").jump("KUBE-SERVICES");
        rig.kernel
                .open(false)
                .apply(new IptablesTransaction()
                        .table("nat")
                        .chain("KUBE-SERVICES")
                        .prepend("PREROUTING", theirs));
        assertEquals(theirs.text(), rig.rules("PREROUTING").getFirst());
        assertFalse(rig.restart().dirty());
        assertTrue(rig.rules("PREROUTING").getFirst().endsWith("-j FL-SERVICES"));
        assertEquals(2, rig.rules("PREROUTING").size());
        List<String> before = rig.rules("PREROUTING");
        assertFalse(rig.restart().dirty());
        assertEquals(before, rig.rules("PREROUTING"));
        assertEquals(List.of(), rig.sent);
    }

    @Test
    void whatOthersTookAwayComesBack() {
        Map<String, List<String>> before = rig.chains("nat");
        IptablesDataplane.cleanup(rig.kernel.open(false));
        assertFalse(rig.restart().dirty());
        assertEquals(before, rig.chains("nat"));
    }

    @Test
    void anAnswerThatWasLostIsNoHarm() {
        rig.kernel.setFaults(
                (call, number) -> call == Faults.Call.APPLY ? new Faults.Fault(Errno.EAGAIN, true) : Faults.Fault.NONE);
        assertTrue(rig.apply(IptablesRig.plan(WEB, TWO)).dirty());
        rig.kernel.setFaults(Faults.NONE);
        assertFalse(rig.restart().dirty());
        assertFalse(rig.chains("nat").values().toString().contains("10.180.0.1"));
    }
}
