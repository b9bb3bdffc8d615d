/**
 * Sets of addresses that iptables rules refer to.
 *
 * <p>Reads names of sets, and whether a set has a member; writes nothing but their removal; never lists members.
 */
@NullMarked
package io.fairlead.kernel.ipset;

import org.jspecify.annotations.NullMarked;
