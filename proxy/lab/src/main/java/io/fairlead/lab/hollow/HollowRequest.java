package io.fairlead.lab.hollow;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came over a connection (RFC 9112), as far as API clients send it: bodies have a length.
 *
 * <p>Immutable.
 *
 * @param query decoded, the last of equal names
 * @param contentType of the body, empty if there is none
 */
record HollowRequest(String method, String path, Map<String, String> query, String contentType, int bodyBytes) {

    private static final int HEAD_BYTES_MAX = 1 << 15;
    private static final int BODY_BYTES_MAX = 1 << 20;

    HollowRequest {
        query = Map.copyOf(query);
    }

    /**
     * Reads one and its body; nothing if the connection ends before it.
     *
     * @throws IOException if it is something else
     */
    static Optional<HollowRequest> read(InputStream in) throws IOException {
        String[] lines = head(in).split("\r\n", -1);
        if (lines[0].isEmpty()) {
            return Optional.empty();
        }
        String[] words = lines[0].split(" ", -1);
        if (words.length != 3 || !words[2].equals("HTTP/1.1")) {
            throw new IOException("not a request of HTTP/1.1");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        int length = length(headers);
        in.skipNBytes(length);
        URI uri = uri(words[1]);
        return Optional.of(new HollowRequest(
                words[0],
                Optional.ofNullable(uri.getPath()).orElse(""),
                query(Optional.ofNullable(uri.getRawQuery()).orElse("")),
                headers.getOrDefault("content-type", ""),
                length));
    }

    /** Up to the empty line, without it. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(1024);
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            if (b < 0 && head.size() == 0) {
                return "";
            }
            if (b < 0 || head.size() == HEAD_BYTES_MAX) {
                throw new EOFException("a request without end");
            }
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static int length(Map<String, String> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new IOException("a body without length");
        }
        try {
            int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
            if (length < 0 || length > BODY_BYTES_MAX) {
                throw new IOException("a body of " + length + " bytes");
            }
            return length;
        } catch (NumberFormatException e) {
            throw new IOException("Content-Length is no number", e);
        }
    }

    private static URI uri(String target) throws IOException {
        try {
            return new URI(target);
        } catch (URISyntaxException e) {
            throw new IOException("not the target of a request", e);
        }
    }

    private static Map<String, String> query(String text) throws IOException {
        Map<String, String> query = new HashMap<>();
        try {
            for (String part : text.split("&", -1)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    query.put(
                            part.substring(0, equals),
                            URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
            return query;
        } catch (IllegalArgumentException e) {
            throw new IOException("not a query", e);
        }
    }

    String parameter(String name) {
        return query.getOrDefault(name, "");
    }

    boolean flag(String name) {
        String value = parameter(name);
        return value.equals("true") || value.equals("1");
    }
}
