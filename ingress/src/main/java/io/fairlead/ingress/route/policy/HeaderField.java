package io.fairlead.ingress.route.policy;

import java.util.Locale;
import java.util.Set;

/**
 * A header field that a route adds: an RFC 9110 token (section 5.6.2) and a field value (section 5.5) of printable
 * ASCII. Fields by which messages are framed and connections are run are the proxy's own and refused.
 *
 * <p>Immutable.
 */
public record HeaderField(String name, String value) {

    private static final int NAME_LENGTH_MAX = 256;
    private static final int VALUE_LENGTH_MAX = 8_192;

    /** RFC 9110, section 7.6.1, RFC 9112, section 6, RFC 9113, section 8.2.2; the Host is a setting of its own. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** @throws IllegalArgumentException if the name or the value cannot be sent; the message names the field */
    public HeaderField {
        checkName(name);
        Range.check("length of the value of header " + name, value.length(), 0, VALUE_LENGTH_MAX);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean space = c == ' ' || c == '\t';
            if (!space && (c <= ' ' || c >= 0x7f)) {
                throw new IllegalArgumentException("header " + name
                        + ": its value holds a character that is not printable ASCII, at place " + (i + 1));
            }
            if (space && (i == 0 || i == value.length() - 1)) {
                throw new IllegalArgumentException("header " + name + ": its value begins or ends with white space");
            }
        }
    }

    /** @throws IllegalArgumentException if it is no token or names a field that routes must not touch */
    static void checkName(String name) {
        Range.check("length of a header's name", name.length(), 1, NAME_LENGTH_MAX);
        for (int i = 0; i < name.length(); i++) {
            if (!isTokenCharacter(name.charAt(i))) {
                throw new IllegalArgumentException("header name with a character that no name may hold, at place "
                        + (i + 1) + " of " + name.length());
            }
        }
        if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("header " + name + ": the proxy itself sets it");
        }
    }

    /** {@code tchar} of RFC 9110, section 5.6.2. */
    static boolean isTokenCharacter(char c) {
        return c >= '0' && c <= '9'
                || c >= 'A' && c <= 'Z'
                || c >= 'a' && c <= 'z'
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
