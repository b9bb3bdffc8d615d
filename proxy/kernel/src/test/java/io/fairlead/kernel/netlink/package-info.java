/** Tests of the netlink codec on bytes made by hand, and of its conversations with this kernel. */
@NullMarked
package io.fairlead.kernel.netlink;

import org.jspecify.annotations.NullMarked;
