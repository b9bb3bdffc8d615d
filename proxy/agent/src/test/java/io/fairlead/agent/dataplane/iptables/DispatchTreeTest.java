package io.fairlead.agent.dataplane.iptables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesRuleset.Chain;
import io.fairlead.kernel.iptables.IptablesTransaction;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatchTreeTest {

    private static final String ROOT = "FL-ADDRESSES";

    /** A tree with a table under it, on a kernel that refuses chains that lead nowhere. */
    private static final class Planted {

        private final Iptables kernel = new FakeIptablesKernel(InstantSource.system()).open(false);
        private final Table table = new Table("nat");
        private final DispatchTree tree;

        Planted(DispatchTree.Terms terms, int width) {
            this.tree = new DispatchTree(table, ROOT, terms, width);
        }

        static Planted addresses() {
            return new Planted(Digits.destinations(IpFamily.IPV4), 8);
        }

        /** @return how many chains were written or removed */
        int sync() {
            tree.refresh();
            int changes = table.changes();
            IptablesTransaction transaction = new IptablesTransaction();
            table.write(transaction);
            kernel.apply(transaction);
            table.written();
            return changes;
        }

        Map<String, Chain> chains() {
            IptablesRuleset ruleset = kernel.read(List.of("nat"));
            Map<String, Chain> ours = new TreeMap<>(ruleset.chains("nat"));
            ours.values().removeIf(Chain::builtIn);
            return ours;
        }

        List<IptablesRule> rules(String chain) {
            return chains().getOrDefault(chain, new Chain(false, List.of())).rules();
        }

        /** Rules that a packet is compared with on its way to an address; -1 if it does not get there. */
        int steps(String address) {
            return steps(ROOT, IpAddress.parse(address), chains());
        }

        private static int steps(String chain, IpAddress address, Map<String, Chain> chains) {
            int steps = 0;
            for (IptablesRule rule :
                    chains.getOrDefault(chain, new Chain(false, List.of())).rules()) {
                steps++;
                List<String> words = rule.words();
                if (IpPrefix.parse(words.get(1)).contains(address)) {
                    String target = words.getLast();
                    return target.equals("ACCEPT") ? steps : steps + steps(target, address, chains);
                }
            }
            return -1_000;
        }
    }

    private static IptablesRule entry(String address) {
        return IptablesRule.rule().destination(address, 32).accept();
    }

    private static String id(String address) {
        return Digits.of(IpAddress.parse(address));
    }

    private static String address(Random random) {
        return "10." + (96 + random.nextInt(2)) + "." + random.nextInt(8) + "." + random.nextInt(256);
    }

    @Test
    void fewEntriesStandInTheRoot() {
        Planted planted = Planted.addresses();
        planted.sync();
        assertEquals(List.of(), planted.rules(ROOT));
        planted.tree.put(id("10.96.0.2"), entry("10.96.0.2"));
        planted.tree.put(id("10.96.0.1"), entry("10.96.0.1"));
        planted.sync();
        assertEquals(List.of(entry("10.96.0.1"), entry("10.96.0.2")), planted.rules(ROOT));
        assertEquals(1, planted.chains().size());
    }

    /** A /16 of Services: 10,000 addresses, and nobody is compared with more than a few dozen rules. */
    @Test
    void waysAreShort() {
        Planted planted = Planted.addresses();
        for (int i = 0; i < 10_000; i++) {
            String address = "10.96." + i / 200 + "." + i % 200;
            planted.tree.put(id(address), entry(address));
        }
        planted.sync();
        int most = 0;
        for (int i = 0; i < 10_000; i += 97) {
            int steps = planted.steps("10.96." + i / 200 + "." + i % 200);
            assertTrue(steps > 0, "not found");
            most = Math.max(most, steps);
        }
        assertTrue(most <= 4 * 16, "compared with " + most);
        planted.tree.put(id("10.96.3.250"), entry("10.96.3.250"));
        assertEquals(1, planted.sync(), "one entry more in one chain");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void theWayThereDoesNotMatter(int seed) {
        Random random = new Random(seed);
        Planted crooked = Planted.addresses();
        List<String> present = new ArrayList<>();
        for (int step = 0; step < 40; step++) {
            int changes = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
            for (int i = 0; i < changes; i++) {
                if (!present.isEmpty() && random.nextInt(5) < (step < 20 ? 1 : 3)) {
                    String gone = present.remove(random.nextInt(present.size()));
                    crooked.tree.remove(id(gone), entry(gone));
                } else {
                    String address = address(random);
                    if (!present.contains(address)) {
                        present.add(address);
                        crooked.tree.put(id(address), entry(address));
                    }
                }
            }
            crooked.sync();
            Planted straight = Planted.addresses();
            Collections.shuffle(present, random);
            present.forEach(address -> straight.tree.put(id(address), entry(address)));
            straight.sync();
            assertEquals(straight.chains(), crooked.chains(), "seed " + seed + ", step " + step);
        }
        present.forEach(address -> crooked.tree.remove(id(address), entry(address)));
        crooked.sync();
        assertEquals(List.of(ROOT), List.copyOf(crooked.chains().keySet()));
    }

    @Test
    void anEntryOfSomebodyElseStays() {
        Planted planted = Planted.addresses();
        IptablesRule other = IptablesRule.rule()
                .destination("10.96.0.1", 32)
                .comment("other")
                .accept();
        planted.tree.put(id("10.96.0.1"), other);
        planted.tree.remove(id("10.96.0.1"), entry("10.96.0.1"));
        planted.sync();
        assertEquals(List.of(other), planted.rules(ROOT));
    }

    /** Many ports of one address cannot be told apart by its digits. */
    @Test
    void oneAddressIsOneChainAtLast() {
        Planted planted = Planted.addresses();
        for (int port = 1; port <= 100; port++) {
            planted.tree.put(
                    id("10.96.0.1") + "/" + Digits.port(port),
                    IptablesRule.rule().destinationPorts("tcp", port, port).accept());
        }
        planted.tree.put(id("10.97.0.1"), entry("10.97.0.1"));
        planted.sync();
        assertEquals(2, planted.rules(ROOT).size());
        assertEquals(2, planted.chains().size());
    }

    /** Each level splits off one address of all: a tree as deep as it can be made. */
    @Test
    void depthIsBounded() {
        FakeIptablesKernel kernel = new FakeIptablesKernel(InstantSource.system());
        Table table = new Table("nat");
        DispatchTree tree = new DispatchTree(table, ROOT, Digits.destinations(IpFamily.IPV6), 32);
        for (int level = 0; level < 32; level++) {
            String digits = "0".repeat(level) + "1" + "0".repeat(31 - level);
            tree.put(digits, IptablesRule.rule().comment(digits).accept());
            for (int last = 0; last < 16; last++) {
                String same = "0".repeat(31) + Integer.toHexString(last);
                tree.put(
                        same + "/" + level,
                        IptablesRule.rule().comment(same + "/" + level).accept());
            }
        }
        tree.refresh();
        IptablesTransaction transaction = new IptablesTransaction();
        table.write(transaction);
        kernel.open(true).apply(transaction);
        Map<String, Chain> chains = kernel.open(true).read(List.of("nat")).chains("nat");
        int depth = 0;
        List<String> level = List.of(ROOT);
        while (!level.isEmpty()) {
            depth++;
            level = level.stream()
                    .flatMap(name -> chains.getOrDefault(name, new Chain(false, List.of())).rules().stream())
                    .filter(rule -> rule.words().contains("-g"))
                    .map(rule -> rule.words().getLast())
                    .toList();
        }
        assertEquals(9, depth);
    }

    @Test
    void portsAreRanges() {
        Planted planted = new Planted(Digits.ports(Protocol.TCP), 4);
        for (int port = 30_000; port < 30_600; port++) {
            planted.tree.put(
                    Digits.port(port),
                    IptablesRule.rule().destinationPorts("tcp", port, port).accept());
        }
        planted.sync();
        assertTrue(
                planted.chains().containsKey("FL-D-tcp-30208-30463"),
                planted.chains().keySet()::toString);
        assertFalse(planted.rules(ROOT).isEmpty());
    }
}
