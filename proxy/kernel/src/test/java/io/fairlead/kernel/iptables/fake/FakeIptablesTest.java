package io.fairlead.kernel.iptables.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesTransaction;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fake refuses what the real tools and the kernel refuse, and is changed by nothing that it refuses. */
class FakeIptablesTest {

    private final FakeIptablesKernel kernel = new FakeIptablesKernel(InstantSource.system());
    private final FakeIptables tools = kernel.open(false);

    private static IptablesRule jump(String chain) {
        return IptablesRule.rule().jump(chain);
    }

    private Map<String, IptablesRuleset.Chain> chains(String table) {
        return tools.read(List.of(table)).chains(table);
    }

    private List<IptablesRule> rules(String chain) {
        return chains("nat")
                .getOrDefault(chain, new IptablesRuleset.Chain(false, List.of()))
                .rules();
    }

    private void refuses(String part, IptablesTransaction transaction) {
        IptablesRuleset before = tools.read(List.of("nat", "filter"));
        KernelException refused = assertThrows(KernelException.class, () -> tools.apply(transaction));
        assertTrue(refused.toString().contains(part), refused::toString);
        IptablesRuleset after = tools.read(List.of("nat", "filter"));
        assertEquals(before.chains("nat"), after.chains("nat"));
        assertEquals(before.chains("filter"), after.chains("filter"));
    }

    private static IptablesTransaction nat() {
        return new IptablesTransaction().table("nat");
    }

    @Test
    void chainsComeChangeAndGo() {
        tools.apply(nat().chain("A").chain("B").append("A", List.of(jump("B"))).prepend("OUTPUT", jump("A")));
        assertEquals(List.of(jump("B")), rules("A"));
        assertEquals(List.of(jump("A")), rules("OUTPUT"));
        tools.apply(nat().chain("A"));
        assertEquals(List.of(), rules("A"));
        tools.apply(nat().delete("OUTPUT", jump("A")).deleteChain("A").deleteChain("B"));
        assertEquals(4, chains("nat").size());
    }

    @Test
    void whatIsReferredToMustBeThere() {
        refuses("No chain", nat().chain("A").append("A", List.of(jump("B"))));
        refuses("No chain", nat().append("A", List.of(jump("B"))));
        tools.apply(nat().chain("A").chain("B").append("A", List.of(jump("B"))));
        refuses("Too many links", nat().deleteChain("B"));
        refuses("not empty", nat().deleteChain("A"));
        refuses("Bad rule", nat().delete("A", jump("A")));
    }

    @Test
    void loopsThatAHookReachesAreRefused() {
        refuses(
                "Too many levels",
                nat().chain("A")
                        .chain("B")
                        .append("A", List.of(jump("B")))
                        .append("B", List.of(jump("A")))
                        .prepend("OUTPUT", jump("A")));
    }

    /** The hook and 15 chains behind it. */
    @Test
    void jumpsInARowAreCounted() {
        IptablesTransaction deepest = nat();
        IptablesTransaction deeper = nat();
        for (int i = 1; i <= 15; i++) {
            deepest.chain("C" + i);
            deeper.chain("C" + i);
        }
        deeper.chain("C16");
        for (int i = 1; i < 15; i++) {
            deepest.append("C" + i, List.of(jump("C" + (i + 1))));
            deeper.append("C" + i, List.of(jump("C" + (i + 1))));
        }
        deeper.append("C15", List.of(jump("C16")));
        refuses("Too many links", deeper.prepend("OUTPUT", jump("C1")));
        tools.apply(deepest.prepend("OUTPUT", jump("C1")));
    }

    @Test
    void targetsHaveTheirPlaces() {
        IptablesRule masquerade = IptablesRule.rule().masquerade();
        IptablesRule dnat = IptablesRule.rule().protocol("tcp").translateTo("10.0.0.1", 80);
        refuses("not from OUTPUT", nat().prepend("OUTPUT", masquerade));
        refuses("not from POSTROUTING", nat().prepend("POSTROUTING", dnat));
        refuses("not in table nat", nat().prepend("OUTPUT", IptablesRule.rule().drop()));
        refuses("not in table filter", new IptablesTransaction().table("filter").prepend("INPUT", dnat));
        refuses(
                "not in table nat",
                nat().chain("A").append("A", List.of(IptablesRule.rule().unreachable(false))));
        refuses("Need TCP", nat().prepend("OUTPUT", IptablesRule.rule().translateTo("10.0.0.1", 80)));
        refuses(
                "other family",
                nat().prepend("OUTPUT", IptablesRule.rule().source("fd00::", 8).accept()));
        refuses(
                "needs -p tcp",
                new IptablesTransaction()
                        .table("filter")
                        .prepend("INPUT", IptablesRule.rule().reset()));
    }

    /** As with the real tool, tables before the one that is refused are changed. */
    @Test
    void tablesAreChangedOneByOne() {
        IptablesTransaction two = nat().chain("A");
        two.table("filter").chain("B").append("B", List.of(jump("C")));
        assertThrows(KernelException.class, () -> tools.apply(two));
        assertTrue(chains("nat").containsKey("A"));
        assertEquals(Map.of(), chains("filter"));
    }

    @Test
    void faultsAreInjected() {
        kernel.setFaults((call, number) -> new Faults.Fault(Errno.EAGAIN, true));
        assertThrows(KernelException.class, () -> tools.apply(nat().chain("A")));
        kernel.setFaults(Faults.NONE);
        assertTrue(chains("nat").containsKey("A"), "it was applied, only its answer was lost");
        kernel.failNext(Errno.EAGAIN);
        assertThrows(KernelException.class, () -> tools.apply(nat().chain("B")));
        assertEquals(5, chains("nat").size());
    }
}
