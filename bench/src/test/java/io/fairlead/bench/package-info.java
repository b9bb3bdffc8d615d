/** Tests that benchmarks run; they measure nothing. */
@NullMarked
package io.fairlead.bench;

import org.jspecify.annotations.NullMarked;
