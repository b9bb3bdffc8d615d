/** Tests of what is told live. */
@NullMarked
package io.fairlead.agent.watch;

import org.jspecify.annotations.NullMarked;
