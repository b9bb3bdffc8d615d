/** Tests of {@link io.fairlead.kernel.iptables} on the real kernel. */
@NullMarked
package io.fairlead.kernel.iptables;

import org.jspecify.annotations.NullMarked;
