/**
 * What the benchmarks of the ingress put around it: configurations of the proxies that are compared, a light backend,
 * and clients that load them.
 *
 * <p>Reads the command line of the programs in it; writes configuration files and, from programs, figures to standard
 * output; never measures the processor: who starts the programs does.
 */
@NullMarked
package io.fairlead.bench.ingress;

import org.jspecify.annotations.NullMarked;
