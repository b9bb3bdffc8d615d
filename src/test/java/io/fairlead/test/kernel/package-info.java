/**
 * Tests on another kernel than that of this machine: User Mode Linux with IPVS, dummy links and SCTP.
 *
 * <p>Reads the machine's files; writes only folders for reports, and whatever the other kernel keeps in memory; never
 * touches the network of the machine.
 */
@NullMarked
package io.fairlead.test.kernel;

import org.jspecify.annotations.NullMarked;
