/**
 * What every data plane is to the proxy loop.
 *
 * <p>Reads plans; writes the kernel, through one of the packages below; never decides policy.
 */
@NullMarked
package io.fairlead.agent.dataplane;

import org.jspecify.annotations.NullMarked;
