package io.fairlead.kernel.iptables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code iptables-save} printed: tables with their chains, in their order.
 *
 * <p>Immutable once read.
 */
public final class IptablesRuleset {

    private final Map<String, Map<String, Chain>> tables = new LinkedHashMap<>();

    /**
     * A chain with its rules.
     *
     * <p>Immutable once read.
     *
     * @param builtIn whether the kernel calls it by itself
     * @param rules each without the name of its chain
     */
    public record Chain(boolean builtIn, List<IptablesRule> rules) {}

    /** The chains of a table by name; none if it was not read. */
    public Map<String, Chain> chains(String table) {
        return tables.getOrDefault(table, Map.of());
    }

    /**
     * Reads what the tool prints, line by line.
     *
     * <p>Confined to one thread.
     */
    public static final class Reader {

        private final IptablesRuleset ruleset = new IptablesRuleset();
        private final Collection<String> wanted;
        /** Of the table that the lines are about. */
        private Map<String, Chain> chains = new LinkedHashMap<>();

        /** @param wanted names of tables; others are read over */
        public Reader(Collection<String> wanted) {
            this.wanted = wanted;
        }

        /** Takes the next line; comments and ends of tables say nothing. */
        public void line(String line) {
            if (line.startsWith("*")) {
                chains = new LinkedHashMap<>();
                String name = line.substring(1).strip();
                if (wanted.contains(name)) {
                    ruleset.tables.put(name, chains);
                }
            } else if (line.startsWith(":")) {
                String[] words = line.substring(1).split(" ", 3);
                boolean builtIn = words.length > 1 && !words[1].equals("-");
                chains.put(words[0], new Chain(builtIn, new ArrayList<>()));
            } else if (line.startsWith("-A ")) {
                int end = line.indexOf(' ', 3);
                String name = end < 0 ? line.substring(3) : line.substring(3, end);
                Chain chain = chains.get(name);
                if (chain != null) {
                    chain.rules.add(new IptablesRule(end < 0 ? "" : line.substring(end + 1)));
                }
            }
        }

        public IptablesRuleset end() {
            return ruleset;
        }
    }
}
