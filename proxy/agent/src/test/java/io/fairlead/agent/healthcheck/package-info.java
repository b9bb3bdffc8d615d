/** Tests of the health pages. */
@NullMarked
package io.fairlead.agent.healthcheck;

import org.jspecify.annotations.NullMarked;
