/**
 * The state of the cluster: changes go in from sources, immutable snapshots with their differences come out.
 *
 * <p>Reads nothing by itself: sources offer; writes nothing but calls its subscribers; never names a Kubernetes client
 * type.
 */
@NullMarked
package io.fairlead.cluster;

import org.jspecify.annotations.NullMarked;
