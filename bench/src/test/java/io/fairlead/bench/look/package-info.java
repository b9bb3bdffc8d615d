/** Tests of looks at other programs; that of the kernel makes a network namespace and needs root. */
@NullMarked
package io.fairlead.bench.look;

import org.jspecify.annotations.NullMarked;
