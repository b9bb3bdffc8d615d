/** Tests of the health pages. */
@NullMarked
package io.fairlead.agent.health;

import org.jspecify.annotations.NullMarked;
