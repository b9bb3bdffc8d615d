/**
 * A real API server with its store, and the real kube-proxy, in namespaces of a lab.
 *
 * <p>Reads programs that the launcher built; writes their keys, tokens and data into the run's folder and objects to the
 * API; never runs without a run that ends it.
 */
@NullMarked
package io.fairlead.lab.kube;

import org.jspecify.annotations.NullMarked;
