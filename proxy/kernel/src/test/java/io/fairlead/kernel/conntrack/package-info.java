/** Tests of connection tracking with real traffic between two namespaces. */
@NullMarked
package io.fairlead.kernel.conntrack;

import org.jspecify.annotations.NullMarked;
