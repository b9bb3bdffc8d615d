package io.fairlead.agent.dataplane.iptables;

import io.fairlead.kernel.iptables.IptablesRule;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Chains that lead a packet to its rule in a few steps, however many rules there are. Rules of iptables are tried one
 * after another, and there are no maps; so chains form a tree over the digits of what a packet is told by (an address,
 * a port), four bits a level.
 *
 * <pre>
 *   root      10.96.0.0/16   -> chain        up to 16 rules a level,
 *             10.97.0.0/16   -> chain        levels that all entries agree in are left out,
 *   chain     10.96.0.0/20   -> chain        few entries stand in a chain of their own
 *             10.96.3.7 port 80 -> its rule  and a single one beside the rules for chains
 * </pre>
 *
 * <p>The shape follows from the entries alone, whatever their order was. A change touches the chains on the way to what
 * changed, and no others.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class DispatchTree {

    /** So many entries stand in one chain. */
    private static final int LEAF_MAX = 16;

    /**
     * So many chains lie one behind the other, then what is left stands in one chain. The kernel allows 16 jumps in a row
     * (NFT_JUMP_STACK_SIZE), and there are some before and behind a tree. Addresses that somebody has chosen for it could
     * go on for 32.
     */
    private static final int DEPTH_MAX = 8;

    private static final String DIGITS = "0123456789abcdef";
    /** Behind every digit. */
    private static final char END = 'g';

    private final Table table;
    private final Terms terms;
    private final int width;
    private final String root;

    /** Digits of the entry, and behind them whatever tells entries of the same digits apart. */
    private final NavigableMap<String, IptablesRule> entries = new TreeMap<>();
    /** Digits that all entries of a chain begin with, and how many chains lie before it. */
    private final NavigableMap<String, Integer> nodes = new TreeMap<>();

    private final TreeSet<String> changed = new TreeSet<>();
    private boolean refreshed;

    /**
     * What the digits mean.
     *
     * <p>Immutable.
     */
    interface Terms {

        /** Name of the chain of everything that begins with some digits. */
        String chain(String digits);

        /** The rule that leads there. */
        IptablesRule step(String digits, String chain);
    }

    /**
     * @param table where the chains are
     * @param root name of the chain where the way begins
     * @param width number of digits
     */
    DispatchTree(Table table, String root, Terms terms, int width) {
        this.table = table;
        this.root = root;
        this.terms = terms;
        this.width = width;
    }

    /** Adds or replaces an entry. */
    void put(String id, IptablesRule rule) {
        if (!rule.equals(entries.put(id, rule))) {
            changed.add(id);
        }
    }

    /** Removes an entry unless it has become another. */
    void remove(String id, IptablesRule rule) {
        if (entries.remove(id, rule)) {
            changed.add(id);
        }
    }

    /** Wants all chains as the entries are now. */
    void refresh() {
        if (refreshed && changed.isEmpty()) {
            return;
        }
        refreshed = true;
        visit("", root, 0);
        changed.clear();
    }

    private void visit(String digits, String chain, int depth) {
        List<IptablesRule> rules = new ArrayList<>();
        List<String> children = new ArrayList<>();
        NavigableMap<String, IptablesRule> below = below(digits);
        String common = below.isEmpty() ? digits : common(below.firstKey(), below.lastKey());
        if (common.length() == width || depth == DEPTH_MAX || !isMoreThan(LEAF_MAX, below)) {
            rules.addAll(below.values());
        } else {
            for (int i = 0; i < DIGITS.length(); i++) {
                child(common + DIGITS.charAt(i), rules, children);
            }
        }
        table.want(chain, rules);
        forgetOthers(digits, children);
        for (String child : children) {
            Integer before = nodes.put(child, depth + 1);
            boolean same = before != null && before == depth + 1;
            if (!same || !changed.subSet(child, child + END).isEmpty()) {
                visit(child, terms.chain(child), depth + 1);
            }
        }
    }

    private void child(String digits, List<IptablesRule> rules, List<String> children) {
        NavigableMap<String, IptablesRule> below = below(digits);
        if (isMoreThan(1, below)) {
            rules.add(terms.step(digits, terms.chain(digits)));
            children.add(digits);
        } else {
            rules.addAll(below.values());
        }
    }

    private NavigableMap<String, IptablesRule> below(String digits) {
        return entries.subMap(digits, true, digits + END, false);
    }

    private String common(String first, String last) {
        int length = 0;
        while (length < width && first.charAt(length) == last.charAt(length)) {
            length++;
        }
        return first.substring(0, length);
    }

    /** Counts no further than it must: the size of a part of a map is not known. */
    private static boolean isMoreThan(int count, NavigableMap<String, IptablesRule> map) {
        int seen = 0;
        for (String ignored : map.keySet()) {
            if (++seen > count) {
                return true;
            }
        }
        return false;
    }

    /** Chains below a node that are neither its children nor below them lead nowhere any more. */
    private void forgetOthers(String digits, List<String> children) {
        @Nullable String next = nodes.higherKey(digits);
        int child = 0;
        while (next != null && next.startsWith(digits)) {
            while (child < children.size() && (children.get(child) + END).compareTo(next) <= 0) {
                child++;
            }
            if (child < children.size() && next.startsWith(children.get(child))) {
                next = nodes.ceilingKey(children.get(child) + END);
            } else {
                table.unwant(terms.chain(next));
                nodes.remove(next);
                next = nodes.higherKey(next);
            }
        }
    }
}
