package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.iptables.IptablesRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Chains of a table, and what the kernel lets a table be (net/ipv4/netfilter/ip_tables.c, the checkentry functions of
 * targets, and what the tools refuse before they ask the kernel).
 *
 * <p>Confined to one thread at a time.
 */
final class FakeTable {

    /** Tables with the chains that the kernel calls. */
    private static final Map<String, List<String>> BUILT_IN = Map.of(
            "raw", List.of("PREROUTING", "OUTPUT"),
            "mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
            "nat", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
            "filter", List.of("INPUT", "FORWARD", "OUTPUT"));

    /** NFT_JUMP_STACK_SIZE of include/net/netfilter/nf_tables.h: of chains that lead to each other, the first one counted. */
    private static final int JUMPS_MAX = 16;

    private final String name;
    private final Map<String, List<FakeRule>> chains = new LinkedHashMap<>();

    private FakeTable(String name) {
        this.name = name;
    }

    /** @throws IllegalArgumentException if the kernel has no such table */
    static FakeTable empty(String name) {
        FakeTable table = new FakeTable(name);
        List<String> builtIn = BUILT_IN.get(name);
        if (builtIn == null) {
            throw new IllegalArgumentException("unknown table '" + name + "'");
        }
        builtIn.forEach(chain -> table.chains.put(chain, new ArrayList<>()));
        return table;
    }

    FakeTable copy() {
        FakeTable copy = new FakeTable(name);
        chains.forEach((chain, rules) -> copy.chains.put(chain, new ArrayList<>(rules)));
        return copy;
    }

    boolean isBuiltIn(String chain) {
        return BUILT_IN.getOrDefault(name, List.of()).contains(chain);
    }

    List<FakeRule> rules(String chain) {
        return chains.getOrDefault(chain, List.of());
    }

    /** The rules of a chain, to be changed. */
    private List<FakeRule> existing(String chain) {
        List<FakeRule> rules = chains.get(chain);
        if (rules == null) {
            throw new IllegalArgumentException("No chain/target/match by that name: " + chain);
        }
        return rules;
    }

    /** Makes a chain, or empties it. */
    void declare(String chain) {
        if (isBuiltIn(chain)) {
            throw new IllegalArgumentException("built-in chain " + chain + " would lose its rules and its policy");
        }
        if (chain.length() > IptablesRule.CHAIN_NAME_MAX) {
            throw new IllegalArgumentException("chain name '" + chain + "' too long");
        }
        chains.put(chain, new ArrayList<>());
    }

    void append(String chain, FakeRule rule) {
        existing(chain).add(rule);
    }

    void prepend(String chain, FakeRule rule) {
        existing(chain).addFirst(rule);
    }

    /** Takes away the first rule that reads the same. */
    void delete(String chain, FakeRule rule) {
        if (!existing(chain).remove(rule)) {
            throw new IllegalArgumentException("Bad rule (does a matching rule exist in that chain?)");
        }
    }

    void deleteChain(String chain) {
        if (!existing(chain).isEmpty()) {
            throw new IllegalArgumentException("Directory not empty: " + chain);
        }
        chains.forEach((user, rules) -> {
            for (FakeRule rule : rules) {
                if (rule.leadsTo().contains(chain)) {
                    throw new IllegalArgumentException("Too many links: " + user + " leads to " + chain);
                }
            }
        });
        chains.remove(chain);
    }

    /** What can be told only when all is there. */
    void check() {
        chains.values().forEach(rules -> rules.forEach(this::check));
        for (String hook : BUILT_IN.getOrDefault(name, List.of())) {
            reach(hook, hook, new HashSet<>(), new HashSet<>());
        }
    }

    private void check(FakeRule rule) {
        rule.leadsTo().forEach(this::existing);
        boolean fits = switch (rule.target()) {
            case FakeRule.Target.Translate _, FakeRule.Target.Masquerade _ -> name.equals("nat");
            case FakeRule.Target.Reject _ -> name.equals("filter");
            // The "nat" table is not intended for filtering.
            case FakeRule.Target.Drop _ -> !name.equals("nat");
            default -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "not in table " + name + ": " + rule.rule().text());
        }
    }

    /** Follows all ways from a hook: there must be no loops, and targets must be allowed where they can be reached. */
    private void reach(String hook, String chain, Set<String> way, Set<String> done) {
        if (!way.add(chain)) {
            throw new IllegalArgumentException("Too many levels of symbolic links: " + chain);
        }
        if (way.size() > JUMPS_MAX) {
            throw new IllegalArgumentException("Too many links: " + way);
        }
        for (FakeRule rule : existing(chain)) {
            boolean early = hook.equals("PREROUTING") || hook.equals("OUTPUT");
            boolean fits = switch (rule.target()) {
                case FakeRule.Target.Translate _ -> early;
                case FakeRule.Target.Masquerade _ -> hook.equals("POSTROUTING");
                default -> true;
            };
            if (!fits) {
                throw new IllegalArgumentException(
                        "not from " + hook + ": " + rule.rule().text());
            }
            for (String next : rule.leadsTo()) {
                if (way.contains(next) || !done.contains(next)) {
                    reach(hook, next, way, done);
                }
            }
        }
        way.remove(chain);
        done.add(chain);
    }

    /** Adds the lists of clients that its rules name. */
    void addLists(Set<String> lists) {
        for (List<FakeRule> rules : chains.values()) {
            for (FakeRule rule : rules) {
                for (FakeRule.Match match : rule.matches()) {
                    if (match instanceof FakeRule.Match.Recent recent) {
                        lists.add(recent.list());
                    }
                }
            }
        }
    }

    /** As {@code iptables-save} does. */
    void print(Consumer<String> lines) {
        lines.accept("*" + name);
        chains.keySet().forEach(chain -> lines.accept(":" + chain + (isBuiltIn(chain) ? " ACCEPT" : " -") + " [0:0]"));
        chains.forEach((chain, rules) -> rules.forEach(
                rule -> lines.accept(("-A " + chain + " " + rule.rule().text()).strip())));
        lines.accept("COMMIT");
    }
}
