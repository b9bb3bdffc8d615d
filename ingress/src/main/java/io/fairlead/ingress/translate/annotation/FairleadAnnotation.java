package io.fairlead.ingress.translate.annotation;

import io.fairlead.ingress.route.policy.HeaderEdits;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.route.policy.StickySession.Cookie;
import io.fairlead.ingress.route.request.RequestHost;
import io.fairlead.ingress.translate.annotation.BackendOptions.Protocol;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Our own annotations, in the order in which they are read: one that is checked against another comes behind it. Documents
 * are checked against this list.
 *
 * <p>Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker") // The readers capture nothing.
public enum FairleadAnnotation implements AnnotationSpec {
    SSL_REDIRECT(
            Concern.SECURITY,
            "`true`, `false`",
            "`true`",
            "requests without TLS are sent to https if any of our Ingresses has a `tls` entry for the host",
            (value, draft) -> draft.toHttps(Values.flag(value))),
    FORCE_SSL_REDIRECT(
            Concern.SECURITY,
            "`true`, `false`",
            "`false`",
            "they are even without such an entry, because TLS ends before the ingress",
            (value, draft) -> draft.alwaysToHttps(Values.flag(value))),
    SSL_PASSTHROUGH(
            Concern.SECURITY,
            "`true`, `false`",
            "`false`",
            "the backend of the path `/`, or the default backend, answers TLS of the object's hosts itself",
            (value, draft) -> draft.passthrough(Values.flag(value))),
    BACKEND_PROTOCOL(
            Concern.SECURITY,
            "`HTTP`, `HTTPS`, `H2C`, `H2`, `GRPC`, `GRPCS`",
            "the port's `appProtocol`, else `HTTP`",
            "how backends are spoken to; `H2C` and `GRPC` are HTTP/2 without TLS, `H2` and `GRPCS` with it",
            (value, draft) -> draft.protocol(protocol(value))),
    BACKEND_TLS_VERIFY(
            Concern.SECURITY,
            "`true`, `false`",
            "`false`, or `true` with `backend-tls-ca-secret`",
            "whether the certificate of a backend with TLS is checked",
            (value, draft) -> draft.verify(Values.flag(value))),
    BACKEND_TLS_SERVER_NAME(
            Concern.SECURITY,
            "a DNS name",
            "`SERVICE.NAMESPACE.svc`, or the name of an ExternalName Service",
            "the name that is asked for, and that the certificate must hold",
            (value, draft) -> draft.serverName(value.toLowerCase(Locale.ROOT))),
    BACKEND_TLS_CA_SECRET(
            Concern.SECURITY,
            "a Secret of the Ingress's namespace",
            "the authorities of the platform",
            "whose `ca.crt` has signed the certificate",
            (value, draft) -> draft.authoritySecret(secretName(value))),
    CONNECT_TIMEOUT(
            Concern.OTHER,
            "a duration: `90s`, `1m30s`",
            "`5s`",
            "until a connection to a backend stands, TLS included",
            (value, draft) -> draft.connectMillis(Values.millis(value))),
    REQUEST_TIMEOUT(
            Concern.OTHER,
            "a duration; `0` for none",
            "`0`",
            "until the whole answer has come, retries included",
            (value, draft) -> draft.requestMillis(Values.millis(value))),
    IDLE_TIMEOUT(
            Concern.OTHER,
            "a duration",
            "`60s`",
            "while nothing moves, also of a WebSocket",
            (value, draft) -> draft.idleMillis(Values.millis(value))),
    BODY_SIZE_MAX(
            Concern.SECURITY,
            "bytes: `64k`, `8m`, `1g`; `0` for no limit",
            "`0`",
            "the longest request body; a longer one is answered with 413",
            (value, draft) -> draft.bodyBytesMax(Values.bytes(value))),
    REWRITE_PREFIX(
            Concern.OTHER,
            "a path",
            "none",
            "replaces what the rule's path matched and keeps the rest",
            (value, draft) -> draft.rewrite(new PathRewrite.Prefix(value))),
    REWRITE_PATH(
            Concern.OTHER,
            "a path, perhaps with a query",
            "none",
            "replaces the whole path",
            (value, draft) -> draft.rewrite(new PathRewrite.Whole(value))),
    UPSTREAM_HOST(
            Concern.OTHER,
            "a host",
            "that of the request",
            "the Host that backends get",
            (value, draft) -> draft.upstreamHost(host(value))),
    REQUEST_HEADERS_REMOVE(
            Concern.OTHER,
            "lines of `Name`",
            "none",
            "fields that backends do not get",
            (value, draft) -> draft.requestHeaders(removing(draft.requestHeaders(), value))),
    REQUEST_HEADERS_SET(
            Concern.OTHER,
            "lines of `Name: value`",
            "none",
            "fields that backends get instead of those of the request",
            (value, draft) -> draft.requestHeaders(setting(draft.requestHeaders(), value))),
    REQUEST_HEADERS_ADD(
            Concern.OTHER,
            "lines of `Name: value`",
            "none",
            "fields that backends get beside those of the request",
            (value, draft) -> draft.requestHeaders(adding(draft.requestHeaders(), value))),
    RESPONSE_HEADERS_REMOVE(
            Concern.OTHER,
            "lines of `Name`",
            "none",
            "fields that clients do not get",
            (value, draft) -> draft.responseHeaders(removing(draft.responseHeaders(), value))),
    RESPONSE_HEADERS_SET(
            Concern.OTHER,
            "lines of `Name: value`",
            "none",
            "fields that clients get instead of those of the answer",
            (value, draft) -> draft.responseHeaders(setting(draft.responseHeaders(), value))),
    RESPONSE_HEADERS_ADD(
            Concern.OTHER,
            "lines of `Name: value`",
            "none",
            "fields that clients get beside those of the answer",
            (value, draft) -> draft.responseHeaders(adding(draft.responseHeaders(), value))),
    LOAD_BALANCE(
            Concern.OTHER,
            "`least-request`, `round-robin`",
            "`least-request`",
            "how an endpoint is chosen",
            (value, draft) -> draft.algorithm(algorithm(value))),
    AFFINITY(
            Concern.OTHER,
            "`cookie`",
            "none",
            "a client stays with its first endpoint, by a signed cookie",
            (value, draft) -> sticky(value, draft)),
    SESSION_COOKIE_NAME(
            Concern.OTHER, "a token", "`" + Cookie.DEFAULT_NAME + "`", "the cookie's name", (value, draft) -> {
                Cookie old = draft.cookie();
                draft.cookie(new Cookie(value, old.path(), old.maxAgeSeconds(), old.sameSite(), old.secure()));
            }),
    SESSION_COOKIE_PATH(Concern.OTHER, "a path", "`/`", "the paths that it is sent with", (value, draft) -> {
        Cookie old = draft.cookie();
        draft.cookie(new Cookie(old.name(), value, old.maxAgeSeconds(), old.sameSite(), old.secure()));
    }),
    SESSION_COOKIE_MAX_AGE(
            Concern.OTHER,
            "seconds; `0` for the browser's session",
            "`0`",
            "how long the browser keeps it",
            (value, draft) -> {
                Cookie old = draft.cookie();
                int seconds = Values.number(value, Integer.MAX_VALUE);
                draft.cookie(new Cookie(old.name(), old.path(), seconds, old.sameSite(), old.secure()));
            }),
    SESSION_COOKIE_SECURE(
            Concern.OTHER,
            "`true`, `false`",
            "`false`: only over TLS",
            "whether it is marked Secure also on an answer without TLS",
            (value, draft) -> {
                Cookie old = draft.cookie();
                boolean secure = Values.flag(value);
                draft.cookie(new Cookie(old.name(), old.path(), old.maxAgeSeconds(), old.sameSite(), secure));
            }),
    SESSION_COOKIE_SAMESITE(
            Concern.OTHER,
            "`Lax`, `Strict`, `None`, `Unset`",
            "`Lax`",
            "its SameSite attribute; `None` needs `session-cookie-secure`",
            (value, draft) -> {
                Cookie old = draft.cookie();
                draft.cookie(new Cookie(old.name(), old.path(), old.maxAgeSeconds(), sameSite(value), old.secure()));
            }),
    RETRIES(
            Concern.OTHER,
            "0 to 10",
            "`2`",
            "how often a request that failed is sent again",
            (value, draft) -> draft.retries(Values.number(value, 10))),
    RETRY_ON(
            Concern.OTHER,
            "of `connect`, `no-answer`, `timeout`, `non-idempotent`, 400 to 599; separated by commas",
            "`connect,no-answer`",
            "what is tried again, by failure or status; `non-idempotent` adds POST and the like",
            (value, draft) -> draft.retryOn(Values.words(value)));

    /**
     * What an annotation is about.
     *
     * <p>Immutable.
     */
    private enum Concern {
        SECURITY,
        OTHER
    }

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final Concern concern;
    private final String accepts;
    private final String whenAbsent;
    private final String meaning;
    private final BiConsumer<String, OptionsDraft> reader;

    FairleadAnnotation(
            Concern concern,
            String accepts,
            String whenAbsent,
            String meaning,
            BiConsumer<String, OptionsDraft> reader) {
        this.concern = concern;
        this.accepts = accepts;
        this.whenAbsent = whenAbsent;
        this.meaning = meaning;
        this.reader = reader;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public boolean security() {
        return concern == Concern.SECURITY;
    }

    @Override
    public String accepts() {
        return accepts;
    }

    @Override
    public String whenAbsent() {
        return whenAbsent;
    }

    @Override
    public String meaning() {
        return meaning;
    }

    @Override
    public void read(String value, OptionsDraft draft) {
        reader.accept(value, draft);
    }

    private static Protocol protocol(String value) {
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "HTTP" -> Protocol.HTTP;
            case "HTTPS" -> Protocol.HTTPS;
            case "H2C", "GRPC" -> Protocol.H2C;
            case "H2", "GRPCS" -> Protocol.H2;
            default ->
                throw new IllegalArgumentException(
                        Values.quoted(value) + " is none of HTTP, HTTPS, H2C, H2, GRPC and GRPCS");
        };
    }

    /** Another namespace's Secrets are none of this Ingress's business, so that a name has no slash. */
    private static String secretName(String value) {
        boolean valid = !value.isEmpty()
                && value.length() <= 253
                && value.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.');
        if (!valid) {
            throw new IllegalArgumentException(
                    Values.quoted(value) + " is not the name of a Secret in the Ingress's own namespace");
        }
        return value;
    }

    private static String host(String value) {
        if (!RequestHost.isValid(value)) {
            throw new IllegalArgumentException(Values.quoted(value) + " is not a host");
        }
        return value;
    }

    private static HeaderEdits removing(HeaderEdits old, String value) {
        return new HeaderEdits(Values.lines(value), old.set(), old.add());
    }

    private static HeaderEdits setting(HeaderEdits old, String value) {
        return new HeaderEdits(old.remove(), Values.fields(value), old.add());
    }

    private static HeaderEdits adding(HeaderEdits old, String value) {
        return new HeaderEdits(old.remove(), old.set(), Values.fields(value));
    }

    private static LoadBalancing.Algorithm algorithm(String value) {
        return switch (value) {
            case "least-request" -> LoadBalancing.Algorithm.LEAST_REQUEST_OF_TWO;
            case "round-robin" -> LoadBalancing.Algorithm.ROUND_ROBIN;
            default ->
                throw new IllegalArgumentException(Values.quoted(value) + " is neither least-request nor round-robin");
        };
    }

    private static void sticky(String value, OptionsDraft draft) {
        if (!value.equals("cookie")) {
            throw new IllegalArgumentException(Values.quoted(value) + " is not cookie");
        }
        draft.sticky();
    }

    private static StickySession.SameSite sameSite(String value) {
        for (StickySession.SameSite each : List.of(StickySession.SameSite.values())) {
            if (each.name().equalsIgnoreCase(value)) {
                return each;
            }
        }
        throw new IllegalArgumentException(Values.quoted(value) + " is none of Lax, Strict, None and Unset");
    }
}
