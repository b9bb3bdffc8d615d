/** Tests of policy: values in, values out. */
@NullMarked
package io.fairlead.agent.plan;

import org.jspecify.annotations.NullMarked;
