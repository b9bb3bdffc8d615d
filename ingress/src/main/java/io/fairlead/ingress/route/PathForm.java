package io.fairlead.ingress.route;

import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A rule's path in the form that requests have after {@link RequestPath}: users write {@code /café} or {@code /a b},
 * clients send {@code /caf%C3%A9} and {@code /a%20b}.
 *
 * <p>Immutable: it has no state.
 */
final class PathForm {

    private static final int LENGTH_MAX = 4_096;

    /** What RFC 3986, section 3.3, allows in a path. A percent sign is taken for the beginning of an escape. */
    private static final String UNESCAPED = "-._~!$&'()*+,;=:@/%";

    private static final String AFTER = "/x";

    private PathForm() {}

    /** @throws IllegalArgumentException if no request has this path; the message names it */
    static byte[] of(String path) {
        if (!path.startsWith("/")) {
            throw refused(path, "it does not begin with a slash");
        }
        if (path.length() > LENGTH_MAX) {
            throw refused(path.substring(0, 64) + "...", "it is longer than " + LENGTH_MAX + " characters");
        }
        // With one more segment behind it, a dot segment at the end takes its slash away, too.
        byte[] escaped = escape(path + AFTER);
        RequestPath form = new RequestPath();
        PathVerdict verdict = form.read(escaped, 0, escaped.length);
        if (verdict != PathVerdict.ACCEPTED) {
            throw refused(path, verdict.reason());
        }
        byte[] bytes = Arrays.copyOfRange(form.text(), form.pathFrom(), form.pathTo());
        if (slashes(bytes) != slashes(escaped)) {
            throw refused(path, "no request has a dot segment after normalisation");
        }
        return Arrays.copyOf(bytes, bytes.length - AFTER.length());
    }

    private static byte[] escape(String path) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            int lower = b | 0x20;
            boolean alphanumeric = b >= '0' && b <= '9' || lower >= 'a' && lower <= 'z';
            if (alphanumeric || b > 0 && UNESCAPED.indexOf(b) >= 0) {
                out.write(b);
            } else {
                out.writeBytes(
                        ("%" + HexFormat.of().withUpperCase().toHexDigits(b)).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out.toByteArray();
    }

    private static int slashes(byte[] path) {
        int count = 0;
        for (byte b : path) {
            count += b == '/' ? 1 : 0;
        }
        return count;
    }

    private static IllegalArgumentException refused(String path, String reason) {
        return new IllegalArgumentException("path " + path + ": " + reason);
    }
}
