/** Tests of the agent's loop, pages and options, and what all its tests share. */
@NullMarked
package io.fairlead.agent;

import org.jspecify.annotations.NullMarked;
