package io.fairlead.ingress.status;

import io.fairlead.cluster.leader.Leadership;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.StatusTarget;
import io.fairlead.cluster.write.WriteRefused;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.resource.Ingress;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.runtime.metrics.Counter;
import io.fairlead.runtime.metrics.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Writes the status of Ingresses while this process leads, each as it should be at the moment of writing: several changes
 * of one while it waits are one write. A few writes are under way at once, never two of one Ingress. When the API refuses,
 * all wait, longer each time, since what it refuses one it refuses all.
 *
 * <p>Thread-safe.
 */
public final class StatusWriter implements Leadership {

    private static final Logger LOG = System.getLogger(StatusWriter.class.getName());

    private static final int WRITERS = 8;
    private static final Duration PAUSE_MIN = Duration.ofMillis(250);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    private static final List<String> FIELD = List.of("loadBalancer", "ingress");

    private final StatusTarget target;
    private final BooleanSupplier leads;
    private final Counter written;
    private final Counter withdrawn;
    private final Counter refused;

    // Guarded by this.
    private StatusView view = StatusView.EMPTY;
    private boolean ended;
    private final Set<ObjectName> waiting = new LinkedHashSet<>();
    private final Set<ObjectName> underWay = new HashSet<>();
    private final Map<ObjectName, List<String>> known = new HashMap<>();
    private final List<Thread> writers = new ArrayList<>();
    private long pauseNanos;
    private long pausedUntilNanos = System.nanoTime();

    /** @param leads is asked before each write */
    public StatusWriter(StatusTarget target, BooleanSupplier leads, Metrics metrics) {
        this.target = target;
        this.leads = leads;
        written = metrics.counter(IngressMetric.STATUS_WRITES, "written");
        withdrawn = metrics.counter(IngressMetric.STATUS_WRITES, "withdrawn");
        refused = metrics.counter(IngressMetric.STATUS_WRITES, "refused");
    }

    /**
     * Takes note; returns at once.
     *
     * @param changed the Ingresses of which something else may follow than before
     */
    synchronized void update(StatusView next, Collection<ObjectName> changed) {
        view = ended ? next.ended() : next;
        if (!writers.isEmpty()) {
            waiting.addAll(changed);
            notifyAll();
        }
    }

    @Override
    public synchronized void gained() {
        waiting.addAll(view.ingresses().keySet());
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Thread.ofVirtual().name("status").start(this::run));
        }
    }

    @Override
    public void lost() {
        List<Thread> ending;
        synchronized (this) {
            ending = List.copyOf(writers);
            writers.clear();
            waiting.clear();
            known.clear();
        }
        ending.forEach(Thread::interrupt);
        for (Thread each : ending) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Takes back what was published, of all Ingresses, for good; waits for that as long as is said. */
    synchronized void withdraw(Duration longest) {
        ended = true;
        update(view, view.ingresses().keySet());
        long end = System.nanoTime() + longest.toNanos();
        try {
            while (!(waiting.isEmpty() && underWay.isEmpty()) && System.nanoTime() < end) {
                wait(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                ObjectName name = take();
                try {
                    write(name);
                } finally {
                    done(name);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized ObjectName take() throws InterruptedException {
        while (true) {
            long left = pausedUntilNanos - System.nanoTime();
            Optional<ObjectName> next = left > 0 ? Optional.empty() : next();
            if (next.isPresent()) {
                return next.get();
            }
            wait(left > 0 ? Math.max(1, Duration.ofNanos(left).toMillis()) : 0);
        }
    }

    private Optional<ObjectName> next() {
        Iterator<ObjectName> names = waiting.iterator();
        while (names.hasNext()) {
            ObjectName name = names.next();
            if (underWay.add(name)) {
                names.remove();
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private synchronized void done(ObjectName name) {
        underWay.remove(name);
        notifyAll();
    }

    private void write(ObjectName name) throws InterruptedException {
        Optional<StatusPlan> plan = plan(name);
        if (plan.isEmpty() || !leads.getAsBoolean()) {
            return;
        }
        ObjectKey key = new ObjectKey(IngressKinds.INGRESS.kind(), name);
        try {
            switch (plan.get()) {
                case StatusPlan.Publish(List<String> addresses) -> {
                    target.replace(
                            key, Map.of(FIELD.getFirst(), Map.of(FIELD.getLast(), StatusPlan.entries(addresses))));
                    succeeded(written, name, addresses);
                }
                case StatusPlan.Withdraw(List<String> addresses) -> {
                    target.remove(key, FIELD, StatusPlan.entries(addresses));
                    succeeded(withdrawn, name, List.of());
                }
            }
        } catch (WriteRefused e) {
            failed(name, e);
        }
    }

    private synchronized Optional<StatusPlan> plan(ObjectName name) {
        Ingress ingress = view.ingresses().get(name);
        if (ingress == null) {
            known.remove(name);
            return Optional.empty();
        }
        return StatusPlan.of(
                ingress, view.ours().contains(name), view.addresses(), known.getOrDefault(name, List.of()));
    }

    private synchronized void succeeded(Counter counter, ObjectName name, List<String> addresses) {
        counter.increment();
        pauseNanos = 0;
        if (addresses.isEmpty()) {
            known.remove(name);
        } else {
            known.put(name, addresses);
        }
    }

    /** What is not valid is not tried again until something about the Ingress changes. */
    private synchronized void failed(ObjectName name, WriteRefused e) {
        refused.increment();
        boolean first = pauseNanos == 0;
        LOG.log(first ? Level.WARNING : Level.DEBUG, "status of Ingress {0} not written: {1}", name, e.getMessage());
        if (e.why() == WriteRefused.Why.INVALID) {
            return;
        }
        waiting.add(name);
        long now = System.nanoTime();
        if (now - pausedUntilNanos >= 0) {
            pauseNanos = Math.clamp(2 * pauseNanos, PAUSE_MIN.toNanos(), PAUSE_MAX.toNanos());
            pausedUntilNanos = now + pauseNanos;
        }
    }
}
