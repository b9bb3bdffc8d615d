/**
 * What the fakes of all kernel facilities share: packets and where they went, the node around them, and faults.
 *
 * <p>Reads and writes nothing; never knows which facility it is used by.
 */
@NullMarked
package io.fairlead.kernel.fake;

import org.jspecify.annotations.NullMarked;
