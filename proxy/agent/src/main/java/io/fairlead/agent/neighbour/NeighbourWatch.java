package io.fairlead.agent.neighbour;

import io.fairlead.kernel.KernelException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks around on the node at a bounded interval, reports what is new once, and removes what kube-proxy left if it may.
 * The kernel would send notifications of other programs' rules, but with them a copy of each of our own changes, which
 * is why this asks for a few single objects instead.
 *
 * <p>Thread-safe: the looks are confined to a thread of its own; {@link #report()} and {@link #close()} may be called
 * from any.
 */
public final class NeighbourWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(NeighbourWatch.class.getName());

    /** Between two looks for kube-proxy. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Between two looks for firewalls, which list the chains of all programs: so many looks. */
    private static final int FIREWALL_LOOKS = 6;

    /**
     * How long objects that came into being count as written by somebody. Kube-proxy in mode iptables looks after its
     * own every 30 s, and in every mode whenever a Service changes.
     */
    static final Duration WRITING = Duration.ofSeconds(90);

    /**
     * What the watch may do besides looking.
     *
     * <p>Immutable.
     *
     * @param removesLeftovers whether to remove what kube-proxy left
     * @param ready whether our own rules are in force: before that, nothing is removed
     */
    public record Settings(boolean removesLeftovers, BooleanSupplier ready) {}

    private final Settings settings;
    private final NeighbourObserver observer;
    private final KubeProxyProcesses processes;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** When each trace was last seen to come into being or to change. */
    private final Map<KubeProxyTrace, Long> written = new EnumMap<>(KubeProxyTrace.class);

    /** What the last look found. */
    private Map<KubeProxyTrace, Integer> before = Map.of();

    private boolean lookedBefore;
    /** What a removal could not remove: as long as nothing else is there, another one could not either. */
    private Map<KubeProxyTrace, Integer> remains = Map.of();

    private List<ForwardFirewall> firewalls = List.of();
    private final Set<String> reported = new TreeSet<>();
    private long looks;
    /** When there last was evidence that kube-proxy runs, or this began. */
    private long lastEvidence;

    private boolean failing;
    private volatile NeighbourReport report = NeighbourReport.NOTHING;

    /** @param now as {@link System#nanoTime} */
    NeighbourWatch(Settings settings, NeighbourObserver observer, KubeProxyProcesses processes, long now) {
        this.settings = settings;
        this.observer = observer;
        this.processes = processes;
        this.lastEvidence = now;
    }

    /** Starts to look around in the network namespace of the calling thread. */
    public static NeighbourWatch start(Settings settings, NeighbourObserver observer) {
        NeighbourWatch watch =
                new NeighbourWatch(settings, observer, KubeProxyProcesses.ofThisMachine(), System.nanoTime());
        Thread.ofPlatform().daemon().name("neighbour-watch").start(watch::run);
        return watch;
    }

    /** What the last look found. */
    public NeighbourReport report() {
        return report;
    }

    private void run() {
        try (KernelLook kernel = KernelLook.open()) {
            do {
                try {
                    look(kernel, System.nanoTime());
                    failing = false;
                } catch (KernelException e) {
                    // At the next look it may go well; one line says enough.
                    LOG.log(failing ? Level.DEBUG : Level.WARNING, "cannot look for neighbours: {0}", e.getMessage());
                    failing = true;
                }
            } while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "nobody looks for kube-proxy and firewalls: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(KernelLook kernel, long now) {
        if (looks++ % FIREWALL_LOOKS == 0) {
            firewalls = kernel.firewalls();
        }
        NeighbourReport found = judge(kernel.read(), processes.find(), processes.seesTheNode(), now);
        publish(found);
        if (settings.removesLeftovers()
                && found.hasLeftovers()
                && !before.equals(remains)
                && isQuiet(processes.seesTheNode(), now)
                && settings.ready().getAsBoolean()) {
            removeLeftovers();
            // What has changed since the look was us.
            remains = kernel.read();
            before = remains;
        }
    }

    /** What follows from a look, given those before it. */
    NeighbourReport judge(
            Map<KubeProxyTrace, Integer> traces, List<KubeProxyEvidence> certain, boolean seesTheNode, long now) {
        if (lookedBefore) {
            traces.forEach((trace, number) -> {
                if (!Objects.equals(before.get(trace), number)) {
                    written.put(trace, now);
                }
            });
        }
        before = traces;
        lookedBefore = true;
        written.values().removeIf(when -> now - when > WRITING.toNanos());
        List<KubeProxyEvidence> running = new ArrayList<>(certain);
        // Where its process would be visible, its absence says more than what it wrote before its end.
        if (running.isEmpty() && !seesTheNode) {
            written.keySet().stream()
                    .filter(traces::containsKey)
                    .forEach(trace -> running.add(new KubeProxyEvidence.Writing(trace)));
        }
        // What was written counts from then on, a process that is there from now on.
        lastEvidence = certain.isEmpty() ? written.values().stream().reduce(lastEvidence, Math::max) : now;
        return new NeighbourReport(running, traces.keySet(), firewalls);
    }

    /** Whether kube-proxy, of which the last look saw nothing, is not just between two of its syncs. */
    boolean isQuiet(boolean seesTheNode, long now) {
        return seesTheNode || now - lastEvidence > WRITING.toNanos();
    }

    private void publish(NeighbourReport found) {
        report = found;
        List<String> warnings = found.warnings();
        reported.retainAll(warnings);
        for (String warning : warnings) {
            if (reported.add(warning)) {
                LOG.log(Level.WARNING, "{0}", warning);
            }
        }
        observer.looked(found);
    }

    private void removeLeftovers() {
        KubeProxyLeftovers.Removal removal = KubeProxyLeftovers.remove();
        removal.removed().forEach(what -> LOG.log(Level.INFO, "removed of kube-proxy: {0}", what));
        removal.left().forEach(what -> LOG.log(Level.WARNING, "left of kube-proxy: {0}", what));
    }

    @Override
    public void close() {
        stop.countDown();
    }
}
