package io.fairlead.kernel.iptables;

import java.util.List;

/**
 * What to tell {@code iptables-restore --noflush}: changes of tables, one after another. Those of one table between two
 * {@link #table} calls happen at once or not at all.
 *
 * <p>Confined to one thread.
 */
public final class IptablesTransaction {

    private final StringBuilder text = new StringBuilder(1 << 12);
    private final StringBuilder removals = new StringBuilder();
    private boolean open;

    /** Begins the changes of a table; what was begun before is complete. */
    public IptablesTransaction table(String name) {
        commit();
        text.append('*').append(IptablesRule.chainName(name)).append('\n');
        open = true;
        return this;
    }

    /** Makes a chain of ours; one that is there becomes empty. All chains are named before the first rule. */
    public IptablesTransaction chain(String name) {
        text.append(':').append(IptablesRule.chainName(name)).append(" - [0:0]\n");
        return this;
    }

    /** Adds rules at the end of a chain. */
    public IptablesTransaction append(String chain, List<IptablesRule> rules) {
        String checked = IptablesRule.chainName(chain);
        for (IptablesRule rule : rules) {
            text.append("-A ").append(checked).append(' ').append(rule.text()).append('\n');
        }
        return this;
    }

    /** Adds a rule before all others of a built-in chain. */
    public IptablesTransaction prepend(String chain, IptablesRule rule) {
        text.append("-I ")
                .append(IptablesRule.chainName(chain))
                .append(" 1 ")
                .append(rule.text())
                .append('\n');
        return this;
    }

    /** Takes one rule that reads like this away. */
    public IptablesTransaction delete(String chain, IptablesRule rule) {
        text.append("-D ")
                .append(IptablesRule.chainName(chain))
                .append(' ')
                .append(rule.text())
                .append('\n');
        return this;
    }

    /** Removes an empty chain that no rule leads to any more, at the end of the table's changes. */
    public IptablesTransaction deleteChain(String name) {
        removals.append("-X ").append(IptablesRule.chainName(name)).append('\n');
        return this;
    }

    private void commit() {
        if (open) {
            text.append(removals).append("COMMIT\n");
            removals.setLength(0);
            open = false;
        }
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** All of it, as the tool reads it. */
    @Override
    public String toString() {
        commit();
        return text.toString();
    }
}
