/**
 * Where the state of the cluster comes from: the Kubernetes API, or a directory of manifests.
 *
 * <p>Reads the API server, or files; writes {@code ClusterChange}s into a {@code ClusterSink}; never keeps an object in
 * the form in which it came, and never changes what it reads from.
 */
@NullMarked
package io.fairlead.cluster.source;

import org.jspecify.annotations.NullMarked;
