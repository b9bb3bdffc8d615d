package io.fairlead.cluster;

import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.ExtraResource;
import io.fairlead.cluster.source.SelectedResource;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.source.decode.Audience;
import io.fairlead.cluster.source.decode.Field;
import java.util.List;
import java.util.Optional;

/**
 * An object of a kind that no module has, as one might declare it.
 *
 * <p>Immutable.
 *
 * @param size 1 to 9
 */
public record Gadget(ObjectName objectName, int size) implements ExtraObject {

    public static final ExtraKind<Gadget> KIND =
            ExtraKind.namespaced("Gadget", "example.com/v1", "gadgets", Gadget.class);

    /** One that wants to know of gadgets, too, and does without where there are none. */
    public static final SourceScope SCOPE = new SourceScope(
            Audience.NODE, "n1", List.of(new ExtraResource<>(KIND, Gadget::decode, "", true)), List.of());

    /** One that wants to know of gadgets only if they are selected, and never of secret ones. */
    public static SourceScope selected(Selection selection) {
        return SourceScope.ofProxy(
                List.of(), List.of(new SelectedResource<>(KIND, Gadget::decode, "spec.secret!=yes", selection)));
    }

    public static Gadget of(String name, int size) {
        return new Gadget(new ObjectName("default", name), size);
    }

    /** As a manifest, or in the API. */
    public static String json(String name, int size) {
        return """
                {"apiVersion": "example.com/v1", "kind": "Gadget",
                 "metadata": {"namespace": "default", "name": "%s"}, "spec": {"size": %d}}
                """.formatted(name, size);
    }

    /** The same in another namespace. */
    public static String json(String namespace, String name, int size) {
        return json(name, size).replace("\"default\"", "\"" + namespace + "\"");
    }

    private static Optional<Gadget> decode(ObjectName name, Field object) {
        Field size = object.at("spec").at("size");
        return size.isPresent() ? Optional.of(new Gadget(name, size.number(0, 1, 9, "a size"))) : Optional.empty();
    }

    @Override
    public ClusterKind kind() {
        return KIND.kind();
    }
}
