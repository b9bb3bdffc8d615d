package io.fairlead.ingress.route;

/**
 * The paths that a route is for. A path by pattern (the regular expressions of ingress-nginx and of Gateway
 * API) would
 * be another kind, held as a list beside a host's tree, since no tree finds it.
 *
 * <p>Immutable.
 */
public sealed interface PathMatch {

    /** As it is written in a rule; empty for everything. */
    String text();

    /** Equal byte for byte, so that {@code /foo} is not {@code /foo/} (Ingress v1). */
    record Exact(String text) implements PathMatch {

        public Exact {
            PathForm.of(text);
        }
    }

    /**
     * All segments of this path are those that the request's begins with (Ingress v1), so that {@code /foo} is for
     * {@code /foo/bar} but not for {@code /foobar}. A slash at the end means nothing.
     */
    record Prefix(String text) implements PathMatch {

        public Prefix {
            PathForm.of(text);
        }

        /** How many bytes of a request's path it takes up, a slash at its end not counted. */
        public int matchedBytes() {
            byte[] form = PathForm.of(text);
            return form[form.length - 1] == '/' ? form.length - 1 : form.length;
        }
    }

    /** What no other path of its host is for: a default backend. Also what is no path, the {@code *} of OPTIONS. */
    record Everything() implements PathMatch {

        @Override
        public String text() {
            return "";
        }
    }
}
