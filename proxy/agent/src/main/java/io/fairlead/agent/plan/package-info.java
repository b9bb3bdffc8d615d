/**
 * All policy of the node agent: which frontends a Service has, what happens to a flow that reaches one, and which
 * backends may take it.
 *
 * <p>Reads cluster records and facts about the node, given as values; writes nothing; never does I/O, asks a clock or
 * a random source. Same input, same plan, in any order.
 */
@NullMarked
package io.fairlead.agent.plan;

import org.jspecify.annotations.NullMarked;
