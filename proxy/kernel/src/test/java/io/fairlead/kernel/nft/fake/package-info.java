/** Tests of nf_tables: units, and the driver against this kernel in namespaces of its own. */
@NullMarked
package io.fairlead.kernel.nft.fake;

import org.jspecify.annotations.NullMarked;
