/** Tests of pictures; they need no privileges. */
@NullMarked
package io.fairlead.bench.chart;

import org.jspecify.annotations.NullMarked;
