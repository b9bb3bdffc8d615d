/** Tests of {@link io.fairlead.agent.config}. */
@NullMarked
package io.fairlead.agent.config;

import org.jspecify.annotations.NullMarked;
