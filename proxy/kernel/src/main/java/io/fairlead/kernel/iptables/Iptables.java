package io.fairlead.kernel.iptables;

import java.util.Collection;

/**
 * Tables of one family, behind one flavour of the tools.
 *
 * <p>Confined to one thread at a time, which must be in the network namespace that is meant.
 */
public interface Iptables {

    /** Whether addresses are those of IPv6. */
    boolean ipv6();

    /**
     * What tables hold; those that nobody has used are empty.
     *
     * @throws io.fairlead.kernel.KernelException if they cannot be read
     */
    IptablesRuleset read(Collection<String> tables);

    /**
     * Changes tables, in the order of the transaction. The first one that is refused ends it: those before it are
     * changed, it and those behind it are not.
     *
     * @throws io.fairlead.kernel.KernelException if a table is refused; the message says which line
     */
    void apply(IptablesTransaction transaction);
}
