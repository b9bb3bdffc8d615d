package io.fairlead.cluster.source;

import io.fairlead.cluster.model.ExtraKind;
import io.fairlead.cluster.model.ExtraObject;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.ExtraDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A kind of which a source follows only the objects that are asked for by name: nothing is kept of the others, and nobody
 * is asked for objects of a namespace in which none is wanted.
 *
 * <p>A wanted object that is not there, or must not be read, is set aside with the reason. So each wanted object is in a
 * snapshot, or set aside in it, or its source was not answered yet. Nothing waits for these kinds before it is in sync.
 *
 * <p>Immutable.
 *
 * @param kind of objects that are in namespaces
 * @param fieldSelector what all wanted objects have in common, as in {@code type!=a,type!=b}; empty for nothing
 */
public record SelectedResource<T extends ExtraObject>(
        ExtraKind<T> kind, ExtraDecoder<T> decoder, String fieldSelector, Selection selection) {

    /** As a part of a query, with an ampersand before it. */
    String query() {
        return fieldSelector.isEmpty()
                ? ""
                : "&fieldSelector=" + URLEncoder.encode(fieldSelector, StandardCharsets.UTF_8);
    }

    /** The same for only one object. */
    String queryFor(ObjectName name) {
        String one = "metadata.name=" + name.name() + (fieldSelector.isEmpty() ? "" : "," + fieldSelector);
        return "?fieldSelector=" + URLEncoder.encode(one, StandardCharsets.UTF_8);
    }
}
