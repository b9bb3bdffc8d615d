package io.fairlead.ingress.resource;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Field;
import java.util.Optional;

/**
 * {@code networking.k8s.io/v1 IngressClass}. That one is the cluster's default means nothing here: the API server writes
 * the default class into an Ingress when it is created.
 *
 * <p>Immutable.
 *
 * @param controller {@code spec.controller}: who acts on the Ingresses of this class
 */
public record IngressClass(String name, String controller) implements ExtraObject {

    /** Limit of the API for {@code spec.controller}. */
    private static final int CONTROLLER_MAX = 250;

    static Optional<IngressClass> decode(ObjectName name, Field object) {
        return Optional.of(
                new IngressClass(name.name(), object.at("spec").at("controller").text(CONTROLLER_MAX)));
    }

    @Override
    public ClusterKind kind() {
        return IngressKinds.INGRESS_CLASS.kind();
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
