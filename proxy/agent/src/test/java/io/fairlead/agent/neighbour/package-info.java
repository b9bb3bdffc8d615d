/** Tests of {@link io.fairlead.agent.neighbour}. */
@NullMarked
package io.fairlead.agent.neighbour;

import org.jspecify.annotations.NullMarked;
