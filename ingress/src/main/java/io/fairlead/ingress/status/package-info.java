/**
 * Publishes where Ingresses are reached, in their status.
 *
 * <p>Reads snapshots of the cluster; writes {@code status.loadBalancer} of Ingresses that are ours, on one replica; never
 * touches what another controller has written.
 */
@NullMarked
package io.fairlead.ingress.status;

import org.jspecify.annotations.NullMarked;
