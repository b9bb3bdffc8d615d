package io.fairlead.ingress.translate;

import io.fairlead.cluster.ClusterChange;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSink;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.ClusterKind;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.ServiceCidr;
import io.fairlead.cluster.source.ExtraResource;
import io.fairlead.cluster.source.SelectedResource;
import io.fairlead.cluster.source.Selection;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.cluster.source.decode.Audience;
import io.fairlead.cluster.source.decode.ExtraDecoder;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.ObjectDecoder;
import io.fairlead.cluster.source.decode.Tree;
import io.fairlead.cluster.source.decode.YamlDocuments;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.translate.annotation.AnnotationDialect;
import io.fairlead.ingress.translate.annotation.AnnotationReader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster for a test: manifests go in, snapshots come out, as both come from and to the real store.
 *
 * <p>Confined to the test's thread.
 */
public final class Cluster implements AutoCloseable {

    static final AnnotationReader ANNOTATIONS = new AnnotationReader(List.of(AnnotationDialect.FAIRLEAD));

    private final ClusterStore store = new ClusterStore();
    private final ClusterSink sink = store.register("test");
    private final ObjectDecoder decoder = decoder();
    private ClusterSnapshot snapshot = ClusterSnapshot.EMPTY;
    private ClusterDelta delta = ClusterDelta.EMPTY;
    private int marks;

    public Cluster() {
        store.subscribe((next, published) -> {
            synchronized (this) {
                delta = delta.merge(next);
                snapshot = published;
                notifyAll();
            }
        });
        store.start();
        sink.offer(new ClusterChange.Synced());
    }

    private static ObjectDecoder decoder() {
        SourceScope scope = IngressKinds.scope(ANNOTATIONS::understands, new Selection());
        Map<ClusterKind, ExtraDecoder<?>> decoders = new HashMap<>();
        for (ExtraResource<?> each : scope.extras()) {
            decoders.put(each.kind().kind(), each.decoder());
        }
        for (SelectedResource<?> each : scope.selected()) {
            decoders.put(each.kind().kind(), each.decoder());
        }
        return new ObjectDecoder(Audience.PROXY, decoders);
    }

    /** These manifests are applied; an object that cannot be read is set aside. */
    public void apply(String yaml) {
        List<Tree> documents = new ArrayList<>();
        YamlDocuments.read(new StringReader(yaml), 1 << 24, documents::add);
        documents.forEach(this::apply);
    }

    private void apply(Tree document) {
        if (document instanceof Tree.Nothing) {
            return;
        }
        Field object = Field.root(document);
        ClusterKind kind = decoder.kind(
                        object.at("apiVersion").text(99), object.at("kind").text(99))
                .orElseThrow();
        ObjectName name = decoder.name(kind, object);
        try {
            sink.offer(
                    new ClusterChange.Upsert(decoder.decode(kind, name, object).orElseThrow()));
        } catch (InvalidInput e) {
            setAside(kind, name, String.valueOf(e.getMessage()));
        }
    }

    void setAside(ClusterKind kind, ObjectName name, String reason) {
        sink.offer(new ClusterChange.SetAside(kind, name, "API", reason));
    }

    public void delete(ClusterKind kind, String name) {
        sink.offer(new ClusterChange.Delete(kind, Texts.name(name)));
    }

    /** A moment, and what differs from the one that was asked for before. */
    public record Moment(ClusterDelta delta, ClusterSnapshot snapshot) {}

    /** Waits until everything that was applied is published. */
    public synchronized Moment moment() {
        String mark = "mark-" + ++marks;
        sink.offer(new ClusterChange.Upsert(new ServiceCidr(mark, List.of())));
        if (marks > 1) {
            sink.offer(new ClusterChange.Delete(ClusterKind.SERVICE_CIDR, new ObjectName("", "mark-" + (marks - 1))));
        }
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!List.of(mark).equals(List.copyOf(snapshot.serviceCidrs().keySet()))) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("never published");
            }
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        Moment moment = new Moment(delta, snapshot);
        delta = ClusterDelta.EMPTY;
        return moment;
    }

    @Override
    public void close() {
        store.close();
    }
}
