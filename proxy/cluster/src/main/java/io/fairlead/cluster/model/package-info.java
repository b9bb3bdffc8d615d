/**
 * What a cluster says, as plain records: only the fields that routing needs.
 *
 * <p>Reads nothing; writes nothing; never names a Kubernetes client type, so that an object of the client can be
 * dropped as soon as it was decoded.
 */
@NullMarked
package io.fairlead.cluster.model;

import org.jspecify.annotations.NullMarked;
