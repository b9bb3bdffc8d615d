@NullMarked
package io.fairlead.agent.dataplane.iptables;

import org.jspecify.annotations.NullMarked;
