@NullMarked
package io.fairlead.agent.mode;

import org.jspecify.annotations.NullMarked;
