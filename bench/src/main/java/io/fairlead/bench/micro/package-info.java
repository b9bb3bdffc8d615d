/**
 * Micro-benchmarks (JMH) of the steps that a change or a cold start goes through.
 *
 * <p>Reads synthetic clusters; writes to a fake kernel or to nothing; never needs a privilege.
 */
@NullMarked
package io.fairlead.bench.micro;

import org.jspecify.annotations.NullMarked;
