/**
 * What changes, told live to whoever watches.
 *
 * <p>Reads what each step of the loop did and how the source is; writes lines to those who watch; never waits for them,
 * and does nothing when nobody watches.
 */
@NullMarked
package io.fairlead.agent.watch;

import org.jspecify.annotations.NullMarked;
