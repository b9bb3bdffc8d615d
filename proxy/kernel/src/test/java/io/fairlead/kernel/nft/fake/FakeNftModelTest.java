package io.fairlead.kernel.nft.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftLaw;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.NftVerdicts;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random transactions against a model that copies everything first and finds references by searching: the undo log and
 * the counted references of the fake must give the same answers and the same tables.
 */
class FakeNftModelTest {

    private static final int TRANSACTIONS = 2_000;
    private static final NftTable TABLE = new NftTable(NftFamily.IP, "model");
    private static final NftExpression SOURCE = new NftExpression.Payload(NftExpression.Header.NETWORK, 12, 4, 0);
    private static final List<String> CHAINS = List.of("base", "c1", "c2", "c3", "c4");
    private static final List<String> MAPS = List.of("m1", "m2", "m3");

    /** The naive copy: chains with what their rules lead to, and verdict maps. */
    private record Model(Map<String, List<Rule>> chains, Map<String, Map<Integer, String>> maps) {

        Model copy() {
            Map<String, Map<Integer, String>> copies = new TreeMap<>();
            maps.forEach((name, map) -> copies.put(name, new TreeMap<>(map)));
            return new Model(new TreeMap<>(chains), copies);
        }

        boolean leadsTo(String chain) {
            return maps.values().stream().anyMatch(map -> map.containsValue(chain))
                    || chains.values().stream()
                            .flatMap(List::stream)
                            .anyMatch(rule -> !rule.byMap() && rule.to().equals(chain));
        }

        boolean uses(String map) {
            return chains.values().stream()
                    .flatMap(List::stream)
                    .anyMatch(rule -> rule.byMap() && rule.to().equals(map));
        }

        /** Whether a path from the base chain meets itself. */
        boolean loops() {
            return chains.containsKey("base") && loops("base", new HashSet<>());
        }

        private boolean loops(String chain, Set<String> path) {
            if (!path.add(chain)) {
                return true;
            }
            for (Rule rule : chains.getOrDefault(chain, List.of())) {
                Set<String> targets = rule.byMap()
                        ? new TreeSet<>(maps.getOrDefault(rule.to(), Map.of()).values())
                        : Set.of(rule.to());
                for (String target : targets) {
                    if (loops(target, path)) {
                        return true;
                    }
                }
            }
            path.remove(chain);
            return false;
        }
    }

    /** A rule jumps to a chain or looks a verdict up in a map. */
    private record Rule(boolean byMap, String to) {
        NftRule toNft() {
            List<NftExpression> expressions = byMap
                    ? List.of(SOURCE, new NftExpression.LookupVerdict(to, 0))
                    : List.of(new NftExpression.Verdict(new NftVerdict.Jump(to)));
            return new NftRule(expressions, to);
        }
    }

    @TestFactory
    List<DynamicTest> agreesWithCopyingModel() {
        List<DynamicTest> tests = new ArrayList<>();
        for (long seed = 1; seed <= 5; seed++) {
            long chosen = seed;
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> agrees(chosen)));
        }
        return tests;
    }

    private final NftVerdicts verdicts = new NftVerdicts();

    private void agrees(long seed) {
        Random random = new Random(seed);
        FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
        FakeNft nft = kernel.open();
        nft.apply(new NftTransaction(TABLE, verdicts).addTable(true));
        Model model = new Model(new TreeMap<>(), new TreeMap<>());
        int accepted = 0;
        for (int i = 0; i < TRANSACTIONS; i++) {
            String at = "seed " + seed + ", transaction " + i;
            NftTransaction transaction = new NftTransaction(TABLE, verdicts);
            Model changed = model.copy();
            boolean lawful = true;
            int steps = 1 + random.nextInt(4);
            for (int step = 0; step < steps; step++) {
                lawful &= step(random, transaction, changed);
            }
            lawful &= !changed.loops();
            String before = NftPrinter.print(kernel, TABLE, 1000);
            try {
                nft.apply(transaction);
                assertTrue(lawful, () -> at + " should have been refused: " + transaction.operations());
                model = changed;
                accepted++;
            } catch (KernelException refusal) {
                assertTrue(!lawful, () -> at + " should have been accepted: " + refusal.getMessage());
                assertEquals(before, NftPrinter.print(kernel, TABLE, 1000), at);
            }
            assertEquals(print(model), print(kernel), at);
        }
        assertTrue(accepted > TRANSACTIONS / 10 && accepted < TRANSACTIONS * 9 / 10, accepted + " accepted");
    }

    /** Adds a step to both; returns whether the model finds it lawful. */
    private boolean step(Random random, NftTransaction transaction, Model model) {
        String chain = CHAINS.get(random.nextInt(CHAINS.size()));
        String target = CHAINS.get(1 + random.nextInt(CHAINS.size() - 1));
        String map = MAPS.get(random.nextInt(MAPS.size()));
        NftSet set = NftSet.verdictMap(map, NftType.IPV4_ADDR);
        int key = random.nextInt(4);
        return switch (random.nextInt(8)) {
            case 0, 1 -> {
                NftChain.Base base = new NftChain.Base(NftChain.Type.FILTER, NftHook.INPUT, 0);
                transaction.addChain(chain.equals("base") ? new NftChain(chain, base) : NftChain.regular(chain));
                model.chains().putIfAbsent(chain, List.of());
                yield true;
            }
            case 2 -> {
                transaction.deleteChain(chain);
                List<Rule> rules = model.chains().remove(chain);
                yield rules != null && !model.leadsTo(chain);
            }
            case 3 -> {
                transaction.addSet(set);
                model.maps().putIfAbsent(map, new TreeMap<>());
                yield true;
            }
            case 4 -> {
                transaction.deleteSet(map);
                yield model.maps().remove(map) != null && !model.uses(map);
            }
            case 5 -> {
                Rule rule = new Rule(random.nextBoolean(), random.nextBoolean() ? map : target);
                List<Rule> rules = random.nextInt(4) == 0 ? List.of() : List.of(rule);
                transaction.replaceRules(chain, rules.stream().map(Rule::toNft).toList());
                boolean known = model.chains().replace(chain, rules) != null;
                Set<String> there =
                        rule.byMap() ? model.maps().keySet() : model.chains().keySet();
                yield known && (rules.isEmpty() || there.contains(rule.to()));
            }
            case 6 -> {
                int number = verdicts.number(new NftVerdict.Goto(target));
                transaction.addElement(set, NftLaw.address(key), new byte[] {0, 0, 0, (byte) number});
                Map<Integer, String> elements = model.maps().getOrDefault(map, new TreeMap<>());
                String existing = elements.putIfAbsent(key, target);
                yield model.maps().containsKey(map)
                        && model.chains().containsKey(target)
                        && (existing == null || existing.equals(target));
            }
            default -> {
                transaction.deleteElement(set, NftLaw.address(key));
                yield model.maps().getOrDefault(map, new TreeMap<>()).remove(key) != null;
            }
        };
    }

    private static String print(Model model) {
        return model.chains() + " " + model.maps();
    }

    private static String print(FakeNftKernel kernel) {
        Model seen = new Model(new TreeMap<>(), new TreeMap<>());
        FakeNftTable table = kernel.table(TABLE);
        if (table == null) {
            throw new AssertionError("the table is there");
        }
        table.chains().forEach((name, chain) -> {
            List<Rule> rules = chain.rules().stream()
                    .map(rule -> new Rule(rule.expressions().size() == 2, rule.comment()))
                    .toList();
            seen.chains().put(name, rules);
        });
        table.sets().forEach((name, set) -> {
            Map<Integer, String> elements = new TreeMap<>();
            set.elements().forEach((key, element) -> {
                if (element.verdict() instanceof NftVerdict.Goto(String chain)) {
                    elements.put((int) key.toBytes()[3], chain);
                }
            });
            seen.maps().put(name, elements);
        });
        return print(seen);
    }
}
