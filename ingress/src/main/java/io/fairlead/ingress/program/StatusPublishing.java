package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.leader.ElectionTiming;
import io.fairlead.cluster.leader.LeaderElection;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.StatusTarget;
import io.fairlead.cluster.write.VersionedObject;
import io.fairlead.ingress.account.IngressMetric;
import io.fairlead.ingress.status.AddressSource;
import io.fairlead.ingress.status.IngressStatus;
import io.fairlead.ingress.status.StatusWriter;
import io.fairlead.ingress.translate.Translation;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.options.Arguments;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Elects the replica that publishes the status of Ingresses, if the operator says where they are reached, and ends that in
 * order.
 *
 * <p>Confined to the main thread, except its two ends.
 */
final class StatusPublishing {

    /** Together they fit into what is left of the time to stop. */
    private static final Duration OTHERS_MAX = Duration.ofMillis(1500);

    private static final Duration WITHDRAW_MAX = Duration.ofSeconds(3);

    private final Arguments arguments;
    private final ClusterStore store;
    private final IngressStatus status;
    private final LeaderElection election;

    private StatusPublishing(Arguments arguments, ClusterStore store, IngressStatus status, LeaderElection election) {
        this.arguments = arguments;
        this.store = store;
        this.status = status;
        this.election = election;
    }

    /**
     * Takes part in the election; nothing if there is nothing to publish, or no place to write it.
     *
     * @param translation of the last snapshot that was told to who subscribed before
     */
    static Optional<StatusPublishing> start(
            Arguments arguments,
            ClusterInput input,
            ClusterStore store,
            Supplier<Translation> translation,
            Metrics metrics) {
        Optional<AddressSource> source = source(arguments);
        Optional<StatusTarget> target = input.statusTarget();
        ObjectName name = arguments
                .find(IngressOptions.LEASE)
                .orElseGet(() -> new ObjectName(KubernetesAccess.ownNamespace(), "fairlead-ingress"));
        Optional<VersionedObject> lease = input.object(new ObjectKey(LeaderElection.KIND, name));
        if (source.isEmpty() || target.isEmpty() || lease.isEmpty()) {
            return Optional.empty();
        }
        SecureRandom random = new SecureRandom();
        AtomicReference<LeaderElection> election = new AtomicReference<>();
        StatusWriter writer =
                new StatusWriter(target.get(), () -> election.get().leads(), metrics);
        election.set(new LeaderElection(
                lease.get(),
                LeaderElection.identity(random),
                ElectionTiming.STANDARD,
                writer,
                InstantSource.system(),
                random));
        metrics.observe(IngressMetric.LEADER, () -> election.get().leads() ? 1 : 0);
        IngressStatus status = new IngressStatus(source.get(), translation, writer);
        store.subscribe(status);
        election.get().start();
        return Optional.of(new StatusPublishing(arguments, store, status, election.get()));
    }

    private static Optional<AddressSource> source(Arguments arguments) {
        if (arguments.isGiven(IngressOptions.PUBLISH_ADDRESS)) {
            return Optional.of(new AddressSource.Given(arguments.value(IngressOptions.PUBLISH_ADDRESS)));
        }
        return arguments
                .find(IngressOptions.PUBLISH_SERVICE)
                .<AddressSource>map(AddressSource.OfService::new)
                .or(() -> arguments.find(IngressOptions.PUBLISH_NODES).map(AddressSource.NodesOf::new));
    }

    /** This replica is about to stop: it does not become the leader any more. If it is, it stays so until {@link #end}. */
    void beforeDrain() {
        if (!election.leads()) {
            election.close();
        }
    }

    /**
     * Takes the status back if no other replica is there, and gives the Lease back, so that another one goes on at once.
     *
     * @param succeeded whether another process serves in the place of this one
     */
    void end(boolean succeeded) {
        if (!succeeded && election.leads() && !arguments.value(IngressOptions.KEEP_STATUS) && isLast()) {
            status.withdraw(WITHDRAW_MAX);
        }
        election.close();
    }

    /** Others may be about to end as well, which the cluster takes a moment to say. */
    private boolean isLast() {
        Optional<ObjectName> service =
                arguments.find(IngressOptions.PUBLISH_SERVICE).or(() -> arguments.find(IngressOptions.PUBLISH_NODES));
        if (service.isEmpty()) {
            return false;
        }
        Set<IpAddress> own = new NodeAddresses().current();
        CountDownLatch last = new CountDownLatch(1);
        store.subscribe((_, snapshot) -> {
            if (IngressStatus.isLast(snapshot, service.get(), own)) {
                last.countDown();
            }
        });
        try {
            return last.await(OTHERS_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
