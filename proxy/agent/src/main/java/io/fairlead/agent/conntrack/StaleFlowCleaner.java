package io.fairlead.agent.conntrack;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeSettings;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.cluster.model.Ipv6Address;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.kernel.conntrack.ConntrackEntry;
import io.fairlead.kernel.conntrack.ConntrackFilter;
import io.fairlead.kernel.conntrack.TupleView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes stale UDP flows after each step of the proxy loop, on a thread of its own and in the network namespace in
 * which it was started.
 *
 * <p>The loop only leaves changes in a mailbox that holds at most one per Service, so however slow the kernel is, the
 * loop does not wait and memory stays bounded. A step costs one dump for each of a few service ports, or one of all UDP
 * entries of the family when there are more, and one message for each stale entry; a step that changed no UDP port
 * costs none. After a refusal it tries again, a few times.
 *
 * <p>Thread-safe.
 */
public final class StaleFlowCleaner implements AutoCloseable {

    private static final Logger LOG = System.getLogger(StaleFlowCleaner.class.getName());

    /** Each dump walks the whole table in the kernel; with more than these, sending all of it to us costs less. */
    private static final int DUMPS_MAX = 4;

    private static final int ATTEMPTS_MAX = 5;
    private static final int DEFAULT_ZONE = 0;

    private final StaleFlowObserver observer;
    private final Supplier<Conntrack> opener;
    private final long retryNanos;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("stale-flows").unstarted(this::run);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();

    // Guarded by the lock: the mailbox.
    private Map<ObjectName, ServiceChange> changes = new HashMap<>();
    private @Nullable NodeSettings settings;
    /** Whether the kernel has everything that was handed over. */
    private boolean settled;

    /** Written with the lock, read without it too. */
    private volatile boolean closed;

    // Confined to the thread.
    private final StaleFlows flows = new StaleFlows();
    /** To be looked at. */
    private final Set<FrontendKey> suspects = new HashSet<>();
    /** To be looked at again when the kernel has everything: old backends may have got new flows until then. */
    private final Set<FrontendKey> unsettled = new HashSet<>();

    private @Nullable Conntrack conntrack;
    private int attempts;

    public StaleFlowCleaner(StaleFlowObserver observer) {
        this(observer, Conntrack::open, Duration.ofSeconds(1));
    }

    /**
     * @param opener run in the cleaner's thread, again after a refusal
     * @param retry after a refusal of the kernel
     */
    StaleFlowCleaner(StaleFlowObserver observer, Supplier<Conntrack> opener, Duration retry) {
        this.observer = observer;
        this.opener = opener;
        this.retryNanos = retry.toNanos();
    }

    public void start() {
        thread.start();
    }

    /**
     * Hands over what a step of the proxy loop did. Returns at once.
     *
     * @param change all that changed in the plan since the step before
     * @param result whether it is in the kernel
     */
    public void stepped(NodePlanDelta change, SyncResult result) {
        lock.lock();
        try {
            for (ServiceChange service : change.services()) {
                if (StaleFlows.concerns(service)) {
                    changes.merge(
                            service.after().service(),
                            service,
                            (first, last) -> new ServiceChange(first.before(), last.after()));
                }
            }
            settings = change.settings();
            settled = !result.dirty();
            arrival.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (receive()) {
                clean();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeConntrack();
        }
    }

    /**
     * Waits for a step or for the moment to try again, and takes the mail.
     *
     * @return false at the end
     */
    private boolean receive() throws InterruptedException {
        Map<ObjectName, ServiceChange> taken;
        NodeSettings latest;
        boolean complete;
        lock.lock();
        try {
            long left = attempts == 0 ? Long.MAX_VALUE : retryNanos;
            // While the kernel refuses, steps do not make attempts come faster.
            while (!closed && left > 0 && (settings == null || attempts > 0)) {
                left = arrival.awaitNanos(left);
            }
            if (closed) {
                return false;
            }
            taken = changes;
            changes = new HashMap<>();
            latest = settings;
            settings = null;
            complete = settled;
        } finally {
            lock.unlock();
        }
        if (latest != null) {
            update(taken.values(), latest, complete);
        }
        return true;
    }

    private void update(Collection<ServiceChange> taken, NodeSettings latest, boolean complete) {
        Set<FrontendKey> changed = flows.update(taken, latest);
        suspects.addAll(changed);
        if (complete) {
            suspects.addAll(unsettled);
            unsettled.clear();
        } else {
            unsettled.addAll(changed);
        }
    }

    private void clean() {
        suspects.removeIf(key -> !flows.isJudged(key));
        boolean refused = false;
        for (IpFamily family : IpFamily.values()) {
            Set<FrontendKey> keys = suspects.stream()
                    .filter(key -> key.address().family() == family)
                    .collect(Collectors.toSet());
            if (!keys.isEmpty()) {
                refused |= !clean(family, keys);
            }
        }
        attempts = refused ? attempts + 1 : 0;
        if (attempts == ATTEMPTS_MAX) {
            LOG.log(
                    Level.WARNING,
                    "giving up: stale UDP flows to {0} and {1} other frontends stay until they expire",
                    suspects.iterator().next(),
                    String.valueOf(suspects.size() - 1));
            suspects.clear();
            attempts = 0;
        }
    }

    /** @return whether the kernel did it */
    private boolean clean(IpFamily family, Set<FrontendKey> keys) {
        long start = System.nanoTime();
        try {
            if (conntrack == null) {
                conntrack = opener.get();
            }
            long deleted = 0;
            for (ConntrackFilter filter : filters(family, keys)) {
                deleted += conntrack.deleteIf(filter, entry -> !closed && isStale(keys, entry));
            }
            suspects.removeAll(keys);
            observer.cleaned(family, deleted, System.nanoTime() - start);
            return true;
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "cannot delete stale UDP flows: {0}", e.getMessage());
            closeConntrack();
            observer.failed(family, e);
            return false;
        }
    }

    private static List<ConntrackFilter> filters(IpFamily family, Set<FrontendKey> keys) {
        int udp = Protocol.UDP.number();
        ConntrackFilter all = family == IpFamily.IPV4 ? ConntrackFilter.ipv4(udp) : ConntrackFilter.ipv6(udp);
        List<Integer> ports = keys.stream()
                .map(FrontendKey::port)
                .distinct()
                .limit(DUMPS_MAX + 1)
                .toList();
        return ports.size() > DUMPS_MAX
                ? List.of(all)
                : ports.stream().map(all::originalDestinationPort).toList();
    }

    /** Other zones are those of software switches, which translate by themselves. */
    private boolean isStale(Set<FrontendKey> keys, ConntrackEntry entry) {
        TupleView original = entry.original();
        TupleView reply = entry.reply();
        return entry.zone() == DEFAULT_ZONE
                && flows.isStale(
                        keys,
                        end(
                                original.isIpv6(),
                                original.destinationHigh(),
                                original.destinationLow(),
                                original.destinationPort()),
                        end(reply.isIpv6(), reply.sourceHigh(), reply.sourceLow(), reply.sourcePort()));
    }

    private static StaleFlows.End end(boolean ipv6, long high, long low, int port) {
        IpAddress address = ipv6 ? new Ipv6Address(high, low) : new Ipv4Address((int) low);
        return new StaleFlows.End(address, port);
    }

    private void closeConntrack() {
        if (conntrack != null) {
            conntrack.close();
            conntrack = null;
        }
    }

    /** Ends once the entries that were already chosen are deleted; others stay until they expire. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrival.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
