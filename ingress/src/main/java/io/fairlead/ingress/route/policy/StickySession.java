package io.fairlead.ingress.route.policy;

import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestPath;
import java.nio.charset.StandardCharsets;

/**
 * Whether a client stays with the endpoint that it met first.
 *
 * <p>Immutable.
 */
public sealed interface StickySession {

    /** Each request is balanced for itself. */
    record Off() implements StickySession {}

    /**
     * By a signed cookie (RFC 6265), which names the endpoint. It is always HttpOnly: no script has a use for it.
     *
     * @param name a token (RFC 6265, section 4.1.1)
     * @param path the Path attribute, a path of URIs
     * @param maxAgeSeconds the Max-Age attribute; 0 for none, so that the cookie ends with the browser's session
     * @param secure whether the Secure attribute is sent also on an answer over plain HTTP
     */
    record Cookie(String name, String path, long maxAgeSeconds, SameSite sameSite, boolean secure)
            implements StickySession {

        public static final String DEFAULT_NAME = "fairlead-session";

        private static final int NAME_LENGTH_MAX = 64;

        /** What browsers keep at most (RFC 6265bis, section 5.5: 400 days). */
        private static final long MAX_AGE_SECONDS_MAX = 400 * 86_400L;

        /** @throws IllegalArgumentException that names what is wrong */
        public Cookie {
            Range.check("length of the session cookie's name", name.length(), 1, NAME_LENGTH_MAX);
            if (!name.chars().allMatch(c -> HeaderField.isTokenCharacter((char) c))) {
                throw new IllegalArgumentException("session cookie: its name is not a token of RFC 9110");
            }
            byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
            boolean valid = new RequestPath().read(bytes, 0, bytes.length) == PathVerdict.ACCEPTED;
            // A semicolon ends the attribute (RFC 6265, section 4.1.1); it is legal in a path.
            if (!valid || path.indexOf(';') >= 0 || path.indexOf('?') >= 0) {
                throw new IllegalArgumentException("session cookie " + name + ": its path is not one of URIs");
            }
            Range.check("age in seconds of session cookie " + name, maxAgeSeconds, 0, MAX_AGE_SECONDS_MAX);
            if (sameSite == SameSite.NONE && !secure) {
                throw new IllegalArgumentException(
                        "session cookie " + name + ": browsers drop SameSite=None without Secure");
            }
        }
    }

    /**
     * The SameSite attribute (RFC 6265bis, section 4.1.2.7).
     *
     * <p>Immutable.
     */
    enum SameSite {
        /** The attribute is not sent. */
        UNSET,
        LAX,
        STRICT,
        NONE
    }
}
