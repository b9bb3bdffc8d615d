/**
 * Pictures of figures.
 *
 * <p>Reads numbers; writes SVG files into a folder; never measures.
 */
@NullMarked
package io.fairlead.bench.chart;

import org.jspecify.annotations.NullMarked;
