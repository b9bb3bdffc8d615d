/**
 * The flows of Services that the kernel knows, with names.
 *
 * <p>Reads plans and the conntrack table; writes text; never changes an entry, and never holds the proxy loop.
 */
@NullMarked
package io.fairlead.agent.flows;

import org.jspecify.annotations.NullMarked;
