/** Tests of the nftables data plane on the fake kernel, which obeys the real one's laws, and a little on the real one. */
@NullMarked
package io.fairlead.agent.dataplane.nftables;

import org.jspecify.annotations.NullMarked;
