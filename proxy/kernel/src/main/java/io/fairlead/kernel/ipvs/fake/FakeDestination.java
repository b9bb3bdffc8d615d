package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServerKey;

/**
 * A real server within all virtual servers.
 *
 * <p>Immutable.
 */
record FakeDestination(VirtualServerKey server, RealServerKey real) {}
