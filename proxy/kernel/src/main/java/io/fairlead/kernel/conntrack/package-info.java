/**
 * The connection tracking table of one network namespace: which flows the kernel knows and where it sends them.
 *
 * <p>Reads and deletes entries through nfnetlink; never creates or changes one, and never decides which are stale.
 */
@NullMarked
package io.fairlead.kernel.conntrack;

import org.jspecify.annotations.NullMarked;
