package io.fairlead.ingress.program;

import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.keys.KeyRing;
import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.ingress.resource.IngressKinds;
import io.fairlead.ingress.resource.Secret;
import io.fairlead.ingress.tls.TicketKeys;
import io.fairlead.ingress.translate.Problem;
import io.fairlead.ingress.translate.ProblemReason;
import io.fairlead.ingress.upstream.SessionKeys;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Takes into use what stands in the Secret of the shared keys. While it is not there or cannot be read, the last keys stay
 * in use: at first those that only this process has.
 *
 * <p>Confined to the store's thread, except {@link #isShared}, which is thread-safe.
 */
final class KeyFollower implements SnapshotSubscriber {

    private static final Logger LOG = System.getLogger(KeyFollower.class.getName());

    private final ObjectKey secret;
    private final Consumer<TicketKeys> tickets;
    private final Consumer<SessionKeys> sessions;
    private final ProblemReport problems;
    private PrivateBytes seen = PrivateBytes.EMPTY;
    private volatile boolean shared;

    KeyFollower(
            ObjectName secret, Consumer<TicketKeys> tickets, Consumer<SessionKeys> sessions, ProblemReport problems) {
        this.secret = new ObjectKey(IngressKinds.SECRET.kind(), secret);
        this.tickets = tickets;
        this.sessions = sessions;
        this.problems = problems;
    }

    @Override
    public void onSnapshot(ClusterDelta delta, ClusterSnapshot snapshot) {
        Secret found = snapshot.objects(IngressKinds.SECRET).get(secret.name());
        if (found == null || found.sharedKeys().equals(seen)) {
            return;
        }
        seen = found.sharedKeys();
        try {
            SharedKeys keys = SharedKeys.parse(seen);
            TicketKeys ofTickets = with(keys.tickets(), TicketKeys::of);
            SessionKeys ofSessions = with(keys.cookies(), SessionKeys::of);
            tickets.accept(ofTickets);
            sessions.accept(ofSessions);
            shared = true;
            problems.report(secret, List.of());
            LOG.log(Level.DEBUG, "shared keys: {0}, {1}", ofTickets, ofSessions);
        } catch (IllegalArgumentException e) {
            problems.report(
                    secret,
                    List.of(new Problem(
                            secret,
                            ProblemReason.SECRET_NOT_USABLE,
                            "its shared keys cannot be read, and the last ones stay in use: " + e.getMessage())));
        }
    }

    private static <T> T with(KeyRing ring, Function<List<byte[]>, T> use) {
        List<byte[]> secrets =
                ring.secrets().stream().map(PrivateBytes::toBytes).toList();
        try {
            return use.apply(secrets);
        } finally {
            secrets.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
        }
    }

    /** Whether keys are in use that other replicas have too. */
    boolean isShared() {
        return shared;
    }
}
