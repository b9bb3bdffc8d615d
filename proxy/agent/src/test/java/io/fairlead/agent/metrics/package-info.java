/** Tests of the list of metrics. */
@NullMarked
package io.fairlead.agent.metrics;

import org.jspecify.annotations.NullMarked;
