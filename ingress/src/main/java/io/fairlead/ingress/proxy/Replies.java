package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.HeadFault;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.request.PathVerdict;
import java.util.Arrays;
import java.util.List;

/**
 * The proxy's own answers.
 *
 * <p>Immutable.
 */
final class Replies {

    static final Reply BAD_HOST = Reply.of(400, "the host is not one");
    static final Reply SLOW_CLIENT = Reply.of(408, "the request came too slowly");
    static final Reply TOO_LARGE = Reply.of(413, "the content is larger than this route allows");
    static final Reply MISDIRECTED = Reply.of(421, "this connection is not for that host");
    static final Reply BAD_GATEWAY = Reply.of(502, "the backend gave no answer that could be passed on");
    static final Reply UNREACHABLE = Reply.of(503, "no backend could be reached");
    static final Reply SLOW_BACKEND = Reply.of(504, "the backend gave no answer in time");

    private static final List<Reply> BY_FAULT = Arrays.stream(HeadFault.values())
            .map(fault -> Reply.of(fault == HeadFault.NONE ? 500 : fault.status(), fault.reason()))
            .toList();

    private static final List<Reply> BY_VERDICT = Arrays.stream(PathVerdict.values())
            .map(verdict -> Reply.of(400, verdict.reason()))
            .toList();

    private static final List<Reply> BY_REASON = Arrays.stream(RouteAction.Reason.values())
            .map(reason -> Reply.of(503, reason))
            .toList();

    private Replies() {}

    /** For a route without endpoints. */
    static Reply of(RouteAction.Reason reason) {
        return BY_REASON.get(reason.ordinal());
    }

    /** For a request that was refused. */
    static Reply of(HeadFault fault) {
        return BY_FAULT.get(fault.ordinal());
    }

    /** For a path that was not accepted. */
    static Reply of(PathVerdict verdict) {
        return BY_VERDICT.get(verdict.ordinal());
    }
}
