package io.fairlead.test.scenario;

import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesRuleset.Chain;
import io.fairlead.kernel.iptables.IptablesTransaction;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Another program that uses iptables.
 *
 * <p>Confined to one thread.
 */
final class ForeignIptables implements ForeignProgram {

    private static final List<String> TABLES = List.of("filter", "mangle", "nat", "raw");
    private static final String OURS = "FL-";
    private static final String KUBE_PROXY = "KUBE-SERVICES";

    private final FakeIptablesKernel kernel;
    private int made;

    /** One table, while something is done to it. */
    private record Edit(Map<String, Chain> chains, IptablesTransaction transaction, boolean ipv6) {

        List<String> names(boolean builtIn, boolean ours) {
            return chains.entrySet().stream()
                    .filter(chain -> chain.getValue().builtIn() == builtIn)
                    .map(Map.Entry::getKey)
                    .filter(chain -> chain.startsWith(OURS) == ours)
                    .toList();
        }

        List<IptablesRule> rules(String chain) {
            Chain found = chains.get(chain);
            return found == null ? List.of() : found.rules();
        }

        void removeRules(String target) {
            chains.forEach((chain, content) -> content.rules().stream()
                    .filter(rule -> rule.words().getLast().equals(target))
                    .forEach(rule -> transaction.delete(chain, rule)));
        }
    }

    ForeignIptables(FakeIptablesKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public void act(Random random) {
        Iptables tool = kernel.open(random.nextBoolean());
        String table = ForeignProgram.one(TABLES, random);
        IptablesRuleset ruleset = tool.read(List.of(table));
        Map<String, Chain> chains = new TreeMap<>(ruleset.chains(table));
        if (!chains.isEmpty()) {
            Edit edit = new Edit(chains, new IptablesTransaction().table(table), tool.ipv6());
            edit(edit, random);
            tool.apply(edit.transaction);
        }
    }

    private void edit(Edit edit, Random random) {
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> bring(edit, random);
            case 3 -> leave(edit, random);
            case 4 -> flush(edit, random);
            case 5 -> unhook(edit, random);
            case 6 -> intrude(edit, random);
            case 7 -> comeBeforeUs(edit, random);
            case 8 -> flushAll(edit);
            default -> throw new AssertionError();
        }
    }

    /** A chain of its own, which a built-in one leads to. */
    private void bring(Edit edit, Random random) {
        String chain = "CNI-" + ++made;
        edit.transaction.chain(chain).append(chain, List.of(rule(edit), rule(edit)));
        hook(edit, IptablesRule.rule().comment("theirs").jump(chain), random);
    }

    private IptablesRule rule(Edit edit) {
        String address = ForeignProgram.address(edit.ipv6, ++made);
        return IptablesRule.rule().source(address, edit.ipv6 ? 128 : 32).comeBack();
    }

    private static void hook(Edit edit, IptablesRule rule, Random random) {
        String builtIn = ForeignProgram.one(edit.names(true, false), random);
        if (random.nextBoolean()) {
            edit.transaction.prepend(builtIn, rule);
        } else {
            edit.transaction.append(builtIn, List.of(rule));
        }
    }

    private static void leave(Edit edit, Random random) {
        List<String> own = edit.names(false, false);
        if (!own.isEmpty()) {
            String chain = ForeignProgram.one(own, random);
            edit.transaction.chain(chain);
            edit.removeRules(chain);
            edit.transaction.deleteChain(chain);
        }
    }

    private static void flush(Edit edit, Random random) {
        List<String> ours = edit.names(false, true);
        if (!ours.isEmpty()) {
            edit.transaction.chain(ForeignProgram.one(ours, random));
        }
    }

    /** A built-in chain no longer leads to us. */
    private static void unhook(Edit edit, Random random) {
        String builtIn = ForeignProgram.one(edit.names(true, false), random);
        edit.rules(builtIn).stream()
                .filter(rule -> rule.words().getLast().startsWith(OURS))
                .forEach(rule -> edit.transaction.delete(builtIn, rule));
    }

    private void intrude(Edit edit, Random random) {
        List<String> ours = edit.names(false, true);
        if (!ours.isEmpty()) {
            edit.transaction.prepend(ForeignProgram.one(ours, random), rule(edit));
        }
    }

    /** As kube-proxy does, whose chains would decide. */
    private void comeBeforeUs(Edit edit, Random random) {
        List<IptablesRule> rules = new ArrayList<>(edit.rules(KUBE_PROXY));
        rules.add(rule(edit));
        edit.transaction.chain(KUBE_PROXY).append(KUBE_PROXY, rules);
        edit.transaction.prepend(
                ForeignProgram.one(edit.names(true, false), random),
                IptablesRule.rule().comment("theirs " + ++made).jump(KUBE_PROXY));
    }

    /** The option -F without a chain. */
    private static void flushAll(Edit edit) {
        edit.chains.forEach((chain, content) -> {
            if (!content.builtIn()) {
                edit.transaction.chain(chain);
            }
        });
        edit.names(true, false)
                .forEach(builtIn -> edit.rules(builtIn).forEach(rule -> edit.transaction.delete(builtIn, rule)));
    }

    @Override
    public List<String> own() {
        List<String> lines = new ArrayList<>();
        for (boolean ipv6 : List.of(false, true)) {
            IptablesRuleset ruleset = kernel.open(ipv6).read(TABLES);
            for (String table : TABLES) {
                new TreeMap<>(ruleset.chains(table)).forEach((chain, content) -> {
                    List<IptablesRule> rules = content.rules().stream()
                            .filter(rule -> !rule.text().contains(OURS))
                            .toList();
                    if (!chain.startsWith(OURS) && !(content.builtIn() && rules.isEmpty())) {
                        lines.add((ipv6 ? "ip6 " : "ip ") + table + " " + chain + " " + rules);
                    }
                });
            }
        }
        return lines;
    }
}
