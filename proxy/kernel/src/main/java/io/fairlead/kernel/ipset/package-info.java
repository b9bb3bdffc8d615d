/**
 * Sets of addresses that iptables rules refer to.
 *
 * <p>Reads names of sets; writes nothing but their removal; never looks at members.
 */
@NullMarked
package io.fairlead.kernel.ipset;

import org.jspecify.annotations.NullMarked;
