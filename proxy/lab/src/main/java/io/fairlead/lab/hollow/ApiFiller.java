package io.fairlead.lab.hollow;

import io.fairlead.lab.kube.ApiAccess;
import io.fairlead.lab.kube.KubeApi;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Writes a hollow cluster, and what happens in it, into a real API server over several connections. What concerns one
 * Service goes over one of them, so that it happens in order.
 *
 * <p>Confined to one thread at a time, except for its writers, which are its own.
 */
public final class ApiFiller implements AutoCloseable {

    private static final int WRITERS = 8;
    private static final int QUEUE = 64;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final List<BlockingQueue<HollowChange>> queues = new ArrayList<>();
    private final List<Thread> writers = new ArrayList<>();
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final LongAdder written = new LongAdder();
    private final Phaser pending = new Phaser(1);

    private ApiFiller() {}

    /**
     * Opens the connections.
     *
     * @param connect makes one API for each writer
     */
    public static ApiFiller start(Supplier<KubeApi> connect) {
        ApiFiller filler = new ApiFiller();
        for (int i = 0; i < WRITERS; i++) {
            BlockingQueue<HollowChange> queue = new ArrayBlockingQueue<>(QUEUE);
            filler.queues.add(queue);
            // Platform threads: an API inside of a network namespace needs one.
            filler.writers.add(Thread.ofPlatform()
                    .daemon()
                    .name("hollow-writer-" + i)
                    .start(() -> filler.writeAll(connect, queue)));
        }
        return filler;
    }

    /** With an API server that the calling process can reach. */
    public static ApiFiller start(ApiAccess access) {
        return start(() -> KubeApi.of(access));
    }

    private void writeAll(Supplier<KubeApi> connect, BlockingQueue<HollowChange> queue) {
        try (KubeApi api = connect.get()) {
            while (true) {
                HollowChange change = queue.take();
                try {
                    write(api, change);
                } catch (IOException | LabException e) {
                    String name = change.object().kind().kind() + " "
                            + change.object().key();
                    failure.compareAndSet("", "cannot write " + name + ": " + e.getMessage());
                } finally {
                    written.increment();
                    pending.arriveAndDeregister();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes one change at once, on the calling thread. */
    public static void write(KubeApi api, HollowChange change) throws IOException {
        HollowObject object = change.object();
        String collection = object.kind().path(object.namespace());
        String path = collection + "/" + object.name();
        switch (change.verb()) {
            case DELETED -> expect(api.delete(path), OK, NOT_FOUND);
            case ADDED -> {
                KubeApi.Answer answer = api.create(collection, HollowJson.toSend(object));
                expect(
                        answer.status() == CONFLICT ? api.replace(path, HollowJson.toSend(object)) : answer,
                        OK,
                        CREATED);
            }
            case MODIFIED -> {
                KubeApi.Answer answer = api.replace(path, HollowJson.toSend(object));
                expect(
                        answer.status() == NOT_FOUND ? api.create(collection, HollowJson.toSend(object)) : answer,
                        OK,
                        CREATED);
            }
        }
        if (change.verb() != HollowChange.Verb.DELETED
                && object instanceof HollowService service
                && service.hasStatus()) {
            StringBuilder status = new StringBuilder("{");
            service.writeStatus(status);
            api.merge(path + "/status", status.append('}').toString()).expectSuccess();
        }
    }

    private static void expect(KubeApi.Answer answer, int one, int other) {
        if (answer.status() != one && answer.status() != other) {
            answer.expectSuccess();
        }
    }

    /** Writes everything that is there and waits for the end of it. */
    public void fill(HollowCluster cluster) {
        List<HollowObject> later = new ArrayList<>();
        cluster.forEach(object -> {
            switch (object.kind()) {
                // The API server has made its own.
                case SERVICE_CIDR -> {}
                case NAMESPACE, NODE -> write(new HollowChange(HollowChange.Verb.ADDED, object));
                case SERVICE, ENDPOINT_SLICE, INGRESS_CLASS, INGRESS -> later.add(object);
            }
        });
        await();
        later.forEach(object -> write(new HollowChange(HollowChange.Verb.ADDED, object)));
        await();
    }

    /** Queues a change; waits while the API server is slower than this. */
    public void write(HollowChange change) {
        throwFailure();
        pending.register();
        try {
            queues.get(Math.floorMod(lane(change.object()), WRITERS)).put(change);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted");
        }
    }

    private static int lane(HollowObject object) {
        return switch (object) {
            case HollowService service -> service.id().hashCode();
            case HollowSlice slice -> slice.owner().hashCode();
            case HollowManifest ignored -> object.key().hashCode();
            case HollowNamespace ignored -> object.key().hashCode();
            case HollowNode ignored -> object.key().hashCode();
            case HollowRange ignored -> object.key().hashCode();
            case HollowIngress ignored -> object.key().hashCode();
        };
    }

    /** Waits until everything that was queued is written. */
    public void await() {
        pending.arriveAndAwaitAdvance();
        throwFailure();
    }

    /** How many writes are done. */
    public long written() {
        return written.sum();
    }

    private void throwFailure() {
        if (!failure.get().isEmpty()) {
            throw new LabException(failure.get());
        }
    }

    @Override
    public void close() {
        writers.forEach(Thread::interrupt);
    }
}
