package io.fairlead.ingress.route.policy;

import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestPath;
import java.nio.charset.StandardCharsets;

/**
 * What becomes of the path, in a request that goes on or in a redirect's Location. Replacing by captured groups of a
 * pattern would be another kind.
 *
 * <p>Immutable.
 */
public sealed interface PathRewrite {

    /** The path as it was matched. */
    record Keep() implements PathRewrite {}

    /**
     * Another path.
     *
     * @param path a path, perhaps with a query, which then replaces that of the request
     */
    record Whole(String path) implements PathRewrite {

        public Whole {
            check(path);
        }
    }

    /**
     * The segments that a route's prefix matched are replaced and the others kept: with the prefix {@code /a} and the
     * replacement {@code /b/}, {@code /a/c} becomes {@code /b/c}. A slash at the end of either means nothing, and an
     * empty result is {@code /}.
     *
     * @param prefix begins with a slash
     */
    record Prefix(String prefix) implements PathRewrite {

        public Prefix {
            check(prefix);
            if (prefix.indexOf('?') >= 0) {
                throw new IllegalArgumentException("path prefix " + prefix + ": a prefix has no query");
            }
        }
    }

    private static void check(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        PathVerdict verdict = new RequestPath().read(bytes, 0, bytes.length);
        if (verdict != PathVerdict.ACCEPTED) {
            throw new IllegalArgumentException("path " + path + ": " + verdict.reason());
        }
    }
}
