/** Tests of the commands. */
@NullMarked
package io.fairlead.agent.command;

import org.jspecify.annotations.NullMarked;
