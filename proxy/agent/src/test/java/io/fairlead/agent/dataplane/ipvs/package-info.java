/**
 * Tests of the IPVS data plane.
 *
 * <p>Reads and writes fakes only; never the kernel.
 */
@NullMarked
package io.fairlead.agent.dataplane.ipvs;

import org.jspecify.annotations.NullMarked;
