package io.fairlead.ingress.view;

import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestHost;
import io.fairlead.ingress.route.request.RequestPath;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A URL as the proxy would see the request for it.
 *
 * <p>Immutable.
 *
 * @param host without port
 * @param path as it is matched
 * @param target path and query as they are forwarded
 */
record RequestUrl(boolean secure, String host, String path, String target) {

    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    /**
     * Reads {@code https://host/path}; without a scheme it is https.
     *
     * @throws IllegalArgumentException that says what a proxy would refuse
     */
    static RequestUrl parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean plain = lower.startsWith(HTTP);
        int from = plain ? HTTP.length() : lower.startsWith(HTTPS) ? HTTPS.length() : 0;
        int slash = text.indexOf('/', from);
        String authority = slash < 0 ? text.substring(from) : text.substring(from, slash);
        byte[] host = authority.getBytes(StandardCharsets.UTF_8);
        int end = RequestHost.nameEnd(host, 0, host.length);
        if (end == RequestHost.REFUSED || end == 0) {
            throw new IllegalArgumentException("'" + authority + "' is not a host that a request may name (400)");
        }
        byte[] target = (slash < 0 ? "/" : text.substring(slash)).getBytes(StandardCharsets.UTF_8);
        RequestPath path = new RequestPath();
        PathVerdict verdict = path.read(target, 0, target.length);
        if (verdict != PathVerdict.ACCEPTED) {
            throw new IllegalArgumentException("the path is refused: " + verdict.reason() + " (400)");
        }
        return new RequestUrl(
                !plain,
                new String(host, 0, end, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT),
                ascii(path, path.pathTo()),
                ascii(path, path.queryTo()));
    }

    private static String ascii(RequestPath path, int to) {
        return new String(path.text(), path.pathFrom(), to - path.pathFrom(), StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return (secure ? HTTPS : HTTP) + host + target;
    }
}
