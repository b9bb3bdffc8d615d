@NullMarked
package io.fairlead.kernel.iptables.fake;

import org.jspecify.annotations.NullMarked;
