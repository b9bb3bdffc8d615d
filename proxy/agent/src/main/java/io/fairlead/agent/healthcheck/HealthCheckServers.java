package io.fairlead.agent.healthcheck;

import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.agent.plan.HealthCheck;
import io.fairlead.agent.plan.NodePlanDelta;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.PortPlan;
import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.kernel.IpBytes;
import io.fairlead.runtime.http.HttpEndpoint;
import io.fairlead.runtime.http.HttpLimits;
import io.fairlead.runtime.http.HttpServer;
import io.fairlead.runtime.http.ListenException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Listens on the health check node port of each Service that has one, in the network namespace in which it was started.
 *
 * <p>The proxy loop leaves in a mailbox what the kernel has taken; one thread opens and closes listeners by it. A change
 * that the kernel refused waits, so that no load balancer is told of endpoints that nothing leads to. A port that cannot
 * be listened on is tried again; no other Service notices.
 *
 * <p>Thread-safe.
 */
public final class HealthCheckServers implements AutoCloseable {

    private static final Logger LOG = System.getLogger(HealthCheckServers.class.getName());

    /** Of each listener. Checks are short; who opens more connections waits for others to end. */
    private static final HttpLimits LIMITS = new HttpLimits(8192, 64, Duration.ofSeconds(5), Duration.ofSeconds(5));

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final HealthCheckObserver observer;
    private final BooleanSupplier proxyHealthy;
    private final boolean everywhere;
    private final long retryNanos;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("health-checks").unstarted(this::run);

    /** Confined to the proxy loop's thread: plans that changed and are not in the kernel as far as we know. */
    private final Map<ObjectName, ServicePlan> unsettled = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrival = lock.newCondition();

    // Guarded by the lock: the mailbox.
    private Map<ObjectName, HealthCheck> changes = new HashMap<>();
    private List<IpAddress> nodePortAddresses = List.of();
    private boolean arrived;
    private boolean closed;

    // Confined to the thread.
    private final Map<ObjectName, HealthCheckPage> pages = new HashMap<>();
    private final Map<Listener, HttpServer> servers = new HashMap<>();
    private List<IpAddress> addresses = List.of();
    /** Whose failure was told. */
    private final Map<ObjectName, Integer> told = new HashMap<>();

    /** Immutable. */
    private record Listener(ObjectName service, InetSocketAddress address) {}

    /**
     * @param proxyHealthy whether the agent keeps up with changes
     * @param everywhere whether to listen on every address, else on those that NodePorts are served on
     */
    public HealthCheckServers(HealthCheckObserver observer, BooleanSupplier proxyHealthy, boolean everywhere) {
        this(observer, proxyHealthy, everywhere, RETRY);
    }

    HealthCheckServers(HealthCheckObserver observer, BooleanSupplier proxyHealthy, boolean everywhere, Duration retry) {
        this.observer = observer;
        this.proxyHealthy = proxyHealthy;
        this.everywhere = everywhere;
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
        for (ServiceChange service : change.services()) {
            if (service.before().healthCheck().isAsked()
                    || service.after().healthCheck().isAsked()) {
                unsettled.put(service.after().service(), service.after());
            }
        }
        if (result.failures().stream().anyMatch(failure -> failure.frontend().isEmpty())) {
            return;
        }
        Set<FrontendKey> refused = new HashSet<>();
        result.failures().forEach(failure -> failure.frontend().ifPresent(refused::add));
        Map<ObjectName, HealthCheck> settled = new HashMap<>();
        unsettled.values().removeIf(plan -> {
            boolean taken = refused.isEmpty() || !hasOneOf(plan, refused);
            if (taken) {
                settled.put(plan.service(), plan.healthCheck());
            }
            return taken;
        });
        hand(settled, change.settings().nodePortAddresses());
    }

    private static boolean hasOneOf(ServicePlan plan, Set<FrontendKey> keys) {
        for (PortPlan port : plan.ports()) {
            if (port.frontends().stream().anyMatch(frontend -> keys.contains(frontend.key()))) {
                return true;
            }
        }
        return false;
    }

    private void hand(Map<ObjectName, HealthCheck> settled, List<IpAddress> latest) {
        lock.lock();
        try {
            if (!settled.isEmpty() || !latest.equals(nodePortAddresses)) {
                changes.putAll(settled);
                nodePortAddresses = latest;
                arrived = true;
                arrival.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (receive()) {
                int failures = listen();
                observer.answering(pages.size() - failures);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            servers.values().forEach(HttpServer::close);
        }
    }

    /**
     * Waits for a change or for the moment to try again, and takes the mail.
     *
     * @return false at the end
     */
    private boolean receive() throws InterruptedException {
        Map<ObjectName, HealthCheck> taken;
        lock.lock();
        try {
            long left = told.isEmpty() ? Long.MAX_VALUE : retryNanos;
            while (!closed && !arrived && left > 0) {
                left = arrival.awaitNanos(left);
            }
            if (closed) {
                return false;
            }
            arrived = false;
            taken = changes;
            changes = new HashMap<>();
            addresses = nodePortAddresses;
        } finally {
            lock.unlock();
        }
        taken.forEach(this::update);
        return true;
    }

    private void update(ObjectName service, HealthCheck check) {
        HealthCheckPage page = pages.get(service);
        if (!check.isAsked()) {
            pages.remove(service);
            told.remove(service);
        } else if (page == null) {
            pages.put(service, new HealthCheckPage(service, proxyHealthy, check));
        } else {
            page.update(check);
        }
    }

    /**
     * Closes what is not wanted any more, and only then opens what is missing: a port may move from one Service to
     * another.
     *
     * @return Services whose port could not be listened on
     */
    private int listen() {
        Map<ObjectName, Set<Listener>> wanted = new HashMap<>();
        pages.forEach((service, page) -> wanted.put(service, listeners(service, page.check())));
        servers.entrySet().removeIf(entry -> {
            Listener listener = entry.getKey();
            boolean unwanted = !wanted.getOrDefault(listener.service, Set.of()).contains(listener);
            if (unwanted) {
                entry.getValue().close();
            }
            return unwanted;
        });
        int failures = 0;
        for (Map.Entry<ObjectName, Set<Listener>> each : wanted.entrySet()) {
            boolean all = true;
            for (Listener listener : each.getValue()) {
                all &= servers.containsKey(listener) || open(listener);
            }
            if (all) {
                told.remove(each.getKey());
            } else {
                failures++;
            }
        }
        return failures;
    }

    private Set<Listener> listeners(ObjectName service, HealthCheck check) {
        if (everywhere) {
            return Set.of(new Listener(service, new InetSocketAddress(check.port())));
        }
        Set<Listener> listeners = new HashSet<>();
        for (IpAddress address : addresses) {
            if (check.localEndpoints().containsKey(address.family())) {
                listeners.add(
                        new Listener(service, new InetSocketAddress(IpBytes.address(address.toBytes()), check.port())));
            }
        }
        return listeners;
    }

    /** @return whether it listens */
    private boolean open(Listener listener) {
        HealthCheckPage page = pages.get(listener.service);
        try {
            HttpEndpoint endpoint = new HttpEndpoint.Tcp(listener.address, Set.of());
            servers.put(listener, HttpServer.start(endpoint, Map.of(HttpServer.ANY_PATH, page), LIMITS));
            return true;
        } catch (ListenException e) {
            int port = listener.address.getPort();
            if (!Integer.valueOf(port).equals(told.put(listener.service, port))) {
                LOG.log(
                        Level.WARNING,
                        "load balancers get no answer at the health check node port of Service {0}, to be retried: {1}",
                        listener.service,
                        e.getMessage());
                observer.portTaken(listener.service, String.valueOf(e.getMessage()));
            }
            return false;
        }
    }

    /** Stops listening: load balancers see that nobody answers here. */
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
