package io.fairlead.ingress.translate.annotation;

import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.RequestEdits;
import io.fairlead.ingress.route.policy.RetryPolicy;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.route.policy.Timeouts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The options of one Ingress while its annotations are read. It is in a valid state after each of them, so that one that is
 * refused leaves the others as they are.
 *
 * <p>Confined to the translator's thread.
 */
public final class OptionsDraft {

    private ForwardPolicy policy;
    private boolean toHttps;
    private boolean alwaysToHttps;
    private boolean passthrough;
    private PathRewrite rewrite = new PathRewrite.Keep();
    private BackendOptions backend = BackendOptions.DEFAULT;
    private boolean neverVerify;
    private boolean sticky;
    private StickySession.Cookie cookie =
            new StickySession.Cookie(StickySession.Cookie.DEFAULT_NAME, "/", 0, StickySession.SameSite.LAX, false);

    OptionsDraft(ForwardPolicy policy, boolean toHttps) {
        this.policy = policy;
        this.toHttps = toHttps;
    }

    IngressOptions build() {
        ForwardPolicy built = sticky
                ? policy.withBalancing(new LoadBalancing(policy.balancing().algorithm(), cookie))
                : policy;
        return new IngressOptions(toHttps, alwaysToHttps, passthrough, rewrite, built, backend);
    }

    void toHttps(boolean value) {
        toHttps = value;
    }

    void alwaysToHttps(boolean value) {
        alwaysToHttps = value;
    }

    void passthrough(boolean value) {
        passthrough = value;
    }

    void protocol(BackendOptions.Protocol protocol) {
        backend = new BackendOptions(protocol, backend.verify(), backend.serverName(), backend.authoritySecret());
    }

    void verify(boolean value) {
        neverVerify = !value;
        backend = new BackendOptions(backend.protocol(), value, backend.serverName(), backend.authoritySecret());
    }

    void serverName(String name) {
        // Refuses what is no name.
        var checked = new BackendTls.Verified(name, new BackendTls.Authority.WellKnown());
        backend = new BackendOptions(
                backend.protocol(), backend.verify(), checked.serverName(), backend.authoritySecret());
    }

    /** An authority is named to be asked, so that verifying is on then. */
    void authoritySecret(String name) {
        if (neverVerify) {
            throw new IllegalArgumentException("it has no use while the certificate is not verified");
        }
        backend = new BackendOptions(backend.protocol(), true, backend.serverName(), name);
    }

    void connectMillis(long millis) {
        Timeouts known = policy.timeouts();
        policy = policy.withTimeouts(new Timeouts(millis, known.requestMillis(), known.idleMillis()));
    }

    void requestMillis(long millis) {
        Timeouts known = policy.timeouts();
        policy = policy.withTimeouts(new Timeouts(known.connectMillis(), millis, known.idleMillis()));
    }

    void idleMillis(long millis) {
        Timeouts known = policy.timeouts();
        policy = policy.withTimeouts(new Timeouts(known.connectMillis(), known.requestMillis(), millis));
    }

    void bodyBytesMax(long bytes) {
        policy = policy.withBodyBytesMax(bytes);
    }

    void rewrite(PathRewrite value) {
        if (!(rewrite instanceof PathRewrite.Keep)) {
            throw new IllegalArgumentException("the path is rewritten already by another annotation");
        }
        rewrite = value;
    }

    void upstreamHost(String host) {
        RequestEdits known = policy.request();
        policy = policy.withRequest(new RequestEdits(known.path(), host, known.headers()));
    }

    HeaderEdits requestHeaders() {
        return policy.request().headers();
    }

    void requestHeaders(HeaderEdits edits) {
        RequestEdits known = policy.request();
        policy = policy.withRequest(new RequestEdits(known.path(), known.host(), edits));
    }

    HeaderEdits responseHeaders() {
        return policy.responseHeaders();
    }

    void responseHeaders(HeaderEdits edits) {
        policy = policy.withResponseHeaders(edits);
    }

    void algorithm(LoadBalancing.Algorithm algorithm) {
        policy = policy.withBalancing(
                new LoadBalancing(algorithm, policy.balancing().sticky()));
    }

    void sticky() {
        sticky = true;
    }

    StickySession.Cookie cookie() {
        return cookie;
    }

    void cookie(StickySession.Cookie value) {
        cookie = value;
    }

    void retries(int max) {
        RetryPolicy known = policy.retry();
        policy = policy.withRetry(new RetryPolicy(max, known.on(), known.statuses(), known.anyMethod()));
    }

    /** Names of failures, statuses of answers, and whether methods that are not idempotent count. */
    void retryOn(List<String> words) {
        Set<RetryPolicy.Failure> failures = EnumSet.noneOf(RetryPolicy.Failure.class);
        Set<Integer> statuses = new TreeSet<>();
        boolean anyMethod = false;
        for (String word : words) {
            switch (word) {
                case "connect" -> failures.add(RetryPolicy.Failure.CONNECT);
                case "no-answer" -> failures.add(RetryPolicy.Failure.NO_ANSWER);
                case "timeout" -> failures.add(RetryPolicy.Failure.TIMEOUT);
                case "non-idempotent" -> anyMethod = true;
                default -> statuses.add(Values.number(word, 599));
            }
        }
        int max = policy.retry().retriesMax();
        policy = policy.withRetry(new RetryPolicy(max, failures, List.copyOf(statuses), anyMethod));
    }
}
