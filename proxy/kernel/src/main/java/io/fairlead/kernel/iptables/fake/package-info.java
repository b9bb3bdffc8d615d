/**
 * Iptables in memory, for tests, scenarios and rehearsals: obeys the law of the kernel and of the tools, and says where a
 * packet would go.
 *
 * <p>Reads and writes nothing outside; never guesses at a rule that it does not know.
 */
@NullMarked
package io.fairlead.kernel.iptables.fake;

import org.jspecify.annotations.NullMarked;
