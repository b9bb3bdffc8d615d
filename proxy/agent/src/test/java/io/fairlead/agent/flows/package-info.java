/** Tests of the flows of Services. */
@NullMarked
package io.fairlead.agent.flows;

import org.jspecify.annotations.NullMarked;
