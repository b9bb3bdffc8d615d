/**
 * The iptables data plane: the plan of a node as chains of tables nat, filter and raw.
 *
 * <p>Reads plans and what the tools say is in the kernel; writes chains whose names begin with {@code FL-} and the rules
 * of built-in chains that lead to them; never decides policy, and never touches what others wrote.
 */
@NullMarked
package io.fairlead.agent.dataplane.iptables;

import org.jspecify.annotations.NullMarked;
