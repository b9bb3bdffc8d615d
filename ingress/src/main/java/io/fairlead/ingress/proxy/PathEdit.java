package io.fairlead.ingress.proxy;

import io.fairlead.ingress.route.PathMatch;
import io.fairlead.ingress.route.policy.PathRewrite;
import io.fairlead.ingress.route.request.RequestPath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What becomes of the path and query of a route's requests, prepared as bytes.
 *
 * <p>Immutable.
 */
final class PathEdit {

    static final PathEdit KEEP = new PathEdit(new byte[0], 0, false, true);

    private final byte[] replacement;
    /** Bytes of the request's path that are replaced; those behind them stay. */
    private final int replaced;
    /** Whether the query goes, too. */
    private final boolean replacesQuery;

    private final boolean keeps;

    private PathEdit(byte[] replacement, int replaced, boolean replacesQuery, boolean keeps) {
        this.replacement = replacement;
        this.replaced = replaced;
        this.replacesQuery = replacesQuery;
        this.keeps = keeps;
    }

    static PathEdit of(PathRewrite rewrite, PathMatch match) {
        return switch (rewrite) {
            case PathRewrite.Keep ignored -> KEEP;
            case PathRewrite.Whole whole ->
                new PathEdit(
                        normal(whole.path()), Integer.MAX_VALUE, whole.path().indexOf('?') >= 0, false);
            case PathRewrite.Prefix prefix -> {
                byte[] bytes = normal(prefix.prefix());
                int length = bytes[bytes.length - 1] == '/' ? bytes.length - 1 : bytes.length;
                int matched = match instanceof PathMatch.Prefix matching ? matching.matchedBytes() : 0;
                yield new PathEdit(Arrays.copyOf(bytes, length), matched, false, false);
            }
        };
    }

    private static byte[] normal(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        RequestPath form = new RequestPath();
        form.read(bytes, 0, bytes.length);
        return Arrays.copyOfRange(form.text(), form.pathFrom(), form.queryTo());
    }

    boolean keeps() {
        return keeps;
    }

    /** How long the result can be at most. */
    int bytesMax(RequestPath path) {
        return replacement.length + 1 + path.queryTo() - path.pathFrom();
    }

    /** Hot path: writes the edited path and query; returns behind the last byte. */
    int apply(RequestPath path, byte[] out) {
        System.arraycopy(replacement, 0, out, 0, replacement.length);
        int at = replacement.length;
        int rest = path.pathTo() - path.pathFrom() - replaced;
        if (rest > 0) {
            System.arraycopy(path.text(), path.pathTo() - rest, out, at, rest);
            at += rest;
        }
        if (at == 0) {
            out[at++] = '/';
        }
        int query = path.queryTo() - path.pathTo();
        if (!replacesQuery && query > 0) {
            System.arraycopy(path.text(), path.pathTo(), out, at, query);
            at += query;
        }
        return at;
    }
}
