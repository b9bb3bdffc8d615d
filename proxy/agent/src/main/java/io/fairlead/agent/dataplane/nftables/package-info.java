/**
 * The nftables data plane: table {@code fairlead} in families ip and ip6.
 *
 * <p>One map from frontend to a route number, one small verdict map from route number to chain, one chain per route
 * and number of backends, and maps from frontend and index to backend; no object per Service but for ClientIP
 * affinity. {@code docs/packet-path/nftables.md} follows a packet through it.
 *
 * <p>Reads plans and the table that an earlier run left; writes that table; never decides policy.
 */
@NullMarked
package io.fairlead.agent.dataplane.nftables;

import org.jspecify.annotations.NullMarked;
