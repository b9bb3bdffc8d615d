package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.FieldLine;
import io.fairlead.ingress.proxy.http1.HeadEdits;
import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.HeaderField;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.upstream.UpstreamGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Forwarding, prepared: the endpoints that a route names, and what it changes as bytes.
 *
 * <p>Immutable; the group's endpoints change.
 */
final class ForwardTarget implements PreparedAction {

    private final UpstreamGroup group;
    private final ForwardPolicy policy;
    private final PathEdit path;
    private final byte[] host;
    private final HeadEdits requestEdits;
    private final HeadEdits answerEdits;

    @Nullable
    private final SessionCookie session;

    ForwardTarget(PathMatch match, RouteAction.Forward action, UpstreamGroup group) {
        this.group = group;
        policy = action.policy();
        path = PathEdit.of(policy.request().path(), match);
        host = policy.request().host().getBytes(StandardCharsets.US_ASCII);
        requestEdits = prepare(policy.request().headers());
        answerEdits = prepare(policy.responseHeaders());
        session = policy.balancing().sticky() instanceof StickySession.Cookie cookie ? new SessionCookie(cookie) : null;
    }

    private static HeadEdits prepare(HeaderEdits edits) {
        if (edits.isEmpty()) {
            return HeadEdits.NONE;
        }
        List<String> drop = new ArrayList<>(edits.remove());
        edits.set().stream().map(HeaderField::name).forEach(drop::add);
        List<FieldLine> add = Stream.concat(edits.set().stream(), edits.add().stream())
                .map(field -> FieldLine.of(field.name(), field.value()))
                .toList();
        return new HeadEdits(drop, add);
    }

    UpstreamGroup group() {
        return group;
    }

    ForwardPolicy policy() {
        return policy;
    }

    PathEdit path() {
        return path;
    }

    /** The host to send, empty for that of the request. Not to be written to. */
    byte[] host() {
        return host;
    }

    HeadEdits requestEdits() {
        return requestEdits;
    }

    HeadEdits answerEdits() {
        return answerEdits;
    }

    /** How clients are bound to an endpoint; null if they are not. */
    @Nullable
    SessionCookie session() {
        return session;
    }
}
