package io.fairlead.ingress.resource;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;

/**
 * {@code v1 Secret}, as far as the ingress needs it. Whether the bytes are certificates and keys is not looked at here.
 *
 * <p>Immutable.
 *
 * @param certificates {@code tls.crt}, empty when absent
 * @param privateKey {@code tls.key}, empty when absent
 * @param authorities {@code ca.crt}, empty when absent
 * @param sharedKeys those of {@link io.fairlead.cluster.keys.SharedKeys}, empty when absent
 */
public record Secret(
        ObjectName objectName,
        PrivateBytes certificates,
        PrivateBytes privateKey,
        PrivateBytes authorities,
        PrivateBytes sharedKeys)
        implements ExtraObject {

    @Override
    public ClusterKind kind() {
        return IngressKinds.SECRET.kind();
    }
}
