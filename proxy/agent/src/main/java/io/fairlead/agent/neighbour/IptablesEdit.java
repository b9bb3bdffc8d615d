package io.fairlead.agent.neighbour;

import io.fairlead.kernel.iptables.IptablesRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to tell {@code iptables-restore --noflush}, so that kube-proxy's chains of one table go and nothing else changes.
 * A chain that somebody else's rule still uses stays, with all that it uses itself.
 *
 * <p>Confined to the thread that builds it.
 */
final class IptablesEdit {

    private final String table;
    /** Kube-proxy's chains, each with those of its own that it leads to. */
    private final Map<String, Set<String>> chains = new TreeMap<>();
    /** Rules of built-in chains that lead to kube-proxy's, as they were printed. */
    private final List<Jump> jumps = new ArrayList<>();
    /** For chains of kube-proxy, one of the foreign chains that use it. */
    private final Map<String, String> usedBy = new HashMap<>();

    private final Set<String> builtIn = new TreeSet<>();

    /**
     * A rule that leads to a chain of kube-proxy.
     *
     * <p>Immutable.
     */
    private record Jump(String rule, String target) {}

    private IptablesEdit(String table) {
        this.table = table;
    }

    /** Takes a line of what {@code iptables-save} prints: there is an edit for each table. */
    static void read(String line, List<IptablesEdit> edits) {
        if (line.startsWith("*")) {
            edits.add(new IptablesEdit(line.substring(1).strip()));
        } else if (!edits.isEmpty()) {
            edits.getLast().read(line);
        }
    }

    /** Chains are declared before all rules. */
    private void read(String line) {
        if (line.startsWith(":")) {
            String[] words = line.substring(1).split(" ", 3);
            boolean plain = words.length > 1 && words[1].equals("-");
            if (!plain) {
                builtIn.add(words[0]);
            } else if (KubeProxyNames.isChain(words[0])) {
                chains.put(words[0], new TreeSet<>());
            }
        } else if (line.startsWith("-A ")) {
            readRule(line);
        }
    }

    private void readRule(String line) {
        List<String> words = new IptablesRule(line).words();
        String chain = words.get(1);
        String target = after(words, "-j", "-g");
        if (!chains.containsKey(target)) {
            return;
        }
        Set<String> own = chains.get(chain);
        if (own != null) {
            own.add(target);
        } else if (builtIn.contains(chain) && after(words, "--comment").startsWith("kube")) {
            jumps.add(new Jump(line, target));
        } else {
            usedBy.put(target, chain);
        }
    }

    private static String after(List<String> words, String... options) {
        List<String> any = List.of(options);
        for (int i = words.size() - 2; i > 0; i--) {
            if (any.contains(words.get(i))) {
                return words.get(i + 1);
            }
        }
        return "";
    }

    String table() {
        return table;
    }

    boolean isEmpty() {
        return removed().isEmpty();
    }

    /** The chains that go. */
    Set<String> removed() {
        Set<String> removed = new TreeSet<>(chains.keySet());
        removed.removeAll(kept());
        return removed;
    }

    /** What stays, a sentence for each chain that is used. */
    List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        new TreeMap<>(usedBy)
                .forEach((chain, user) ->
                        reasons.add("chain " + chain + " of table " + table + ": chain " + user + " uses it"));
        return reasons;
    }

    private Set<String> kept() {
        Set<String> kept = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(usedBy.keySet());
        for (String chain = next.poll(); chain != null; chain = next.poll()) {
            if (kept.add(chain)) {
                next.addAll(chains.getOrDefault(chain, Set.of()));
            }
        }
        return kept;
    }

    /** The text; declaring a chain that exists empties it, so that none of those to delete refers to another. */
    String restore() {
        Set<String> removed = removed();
        StringBuilder text = new StringBuilder("*" + table + "\n");
        removed.forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
        for (Jump jump : jumps) {
            if (removed.contains(jump.target)) {
                text.append("-D")
                        .append(jump.rule, "-A".length(), jump.rule.length())
                        .append('\n');
            }
        }
        removed.forEach(chain -> text.append("-X ").append(chain).append('\n'));
        return text.append("COMMIT\n").toString();
    }
}
