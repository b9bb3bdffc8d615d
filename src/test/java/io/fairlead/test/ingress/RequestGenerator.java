package io.fairlead.test.ingress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * Makes requests that are valid by RFC 9112, in all forms that clients give them.
 *
 * <p>Confined to the test thread.
 */
final class RequestGenerator {

    private static final String[] METHODS = {
        "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "X-OWN_METHOD"
    };
    private static final String[] SEGMENTS = {
        "a",
        "index.html",
        "%20",
        "%C3%A9",
        "%c3%a9",
        "%61",
        "%7E",
        "a%2Fb",
        "a;v=1",
        "a,b",
        "a+b",
        "a:b@c",
        "~x",
        "!$&'()*",
        ".",
        "...",
        "",
        "%2e",
        "a=b",
        "x%25y",
        "%5B%5D",
    };
    private static final String[] QUERIES = {
        "", "", "", "?", "?a=b", "?a=b&c=d%26e", "?x=/../y", "?%61=%7a", "?a?b", "?q=a+b;c",
    };
    private static final String[] NAMES = {
        "Accept",
        "accept-language",
        "ACCEPT-ENCODING",
        "Cookie",
        "cookie",
        "Authorization",
        "X-Thing",
        "x-thing",
        "Under_Score",
        "Range",
        "If-None-Match",
        "If-Modified-Since",
        "Referer",
        "User-Agent",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Request-ID",
        "Forwarded",
        "Via",
        "Max-Forwards",
        "Cache-Control",
        "Proxy",
        "Priority",
        "Content-Language",
        "Content-Encoding",
        "!#$%&'*+-.^_`|~0",
        "Date",
        "Early-Data",
        "Origin",
        "Sec-Fetch-Mode",
        "Prefer",
        "X-Empty",
        "TE",
        "Keep-Alive",
        "Proxy-Connection",
        "Accept",
    };
    /** Those that may come several times (RFC 9110 section 5.3, RFC 9113 section 8.2.3). */
    private static final Set<String> REPEATABLE = Set.of("accept", "cookie", "x-thing", "via", "forwarded");

    private static final String[] VALUES = {
        "",
        "a",
        "a, b",
        "a=b; c=\"d e\"",
        "1",
        "*/*;q=0.5",
        "text",
        "x\ty",
        "caf\u00e9",
        "\u00ff\u0080",
        "{\"a\":1}",
        "'\"<>\\",
        "gzip",
        "Thu, 01 Jan 2026 00:00:00 GMT",
    };

    /**
     * One request, each byte as a character.
     *
     * <p>Immutable.
     *
     * @param body with its chunks if it has any
     * @param waits whether the client would rather be asked for it
     */
    record Request(int number, String head, String body, boolean waits) {

        boolean isHead() {
            return head.startsWith("HEAD ");
        }

        boolean closes() {
            String lower = head.toLowerCase(Locale.ROOT);
            boolean keeps = lower.contains("\r\nconnection: keep-alive");
            return lower.contains("\r\nconnection: close") || lower.contains(" http/1.0\r\n") && !keeps;
        }

        byte[] bytes() {
            return (head + body).getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return "request " + number + " with " + body.length() + " bytes behind:\n" + head;
        }
    }

    private final Random random;
    private final String host;
    private int number;

    RequestGenerator(long seed, String host) {
        random = new Random(seed);
        this.host = host;
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    /** The next one; its field {@code Test-Id} has its number. */
    Request next() {
        boolean old = once(15);
        String method = any(METHODS);
        String version = old ? "HTTP/1.0" : "HTTP/1.1";
        String named = once(4) ? host.toUpperCase(Locale.ROOT) : once(4) ? host + ":8080" : host;
        String target = path() + any(QUERIES);
        if (once(12)) {
            target = "http://" + named + target;
        }
        List<String> lines = new ArrayList<>();
        lines.add("Test-Id: " + number);
        lines.add((once(3) ? "HOST" : "Host") + ":" + space() + named);
        int fields = random.nextInt(8);
        for (int i = 0; i < fields; i++) {
            String name = any(NAMES);
            boolean there =
                    lines.stream().anyMatch(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
            if (!there || REPEATABLE.contains(name.toLowerCase(Locale.ROOT))) {
                lines.add(field(name));
            }
        }
        if (once(40)) {
            lines.add("X-Long: " + "v".repeat(2_000 + random.nextInt(4_000)));
        }
        if (!old || once(2)) {
            connection(lines, old);
        }
        lines.add("Echo-Form: "
                + any(
                        "sized",
                        "sized",
                        "chunked",
                        "trailers",
                        "until-close",
                        "no-content",
                        "not-modified",
                        "created",
                        "closing"));
        byte[] body = {};
        boolean waits = false;
        boolean mayHaveBody = method.equals("POST") || method.equals("PUT") || method.equals("PATCH") || once(10);
        if (mayHaveBody) {
            body = content();
            boolean chunked = !old && once(2);
            if (chunked) {
                body = chunks(body, lines);
            } else {
                lines.add((once(2) ? "Content-Length" : "content-length") + ": " + body.length);
            }
            waits = !old && body.length > 0 && once(5);
            if (waits) {
                lines.add("Expect: 100-continue");
            }
        }
        return new Request(
                number++,
                shuffled(method + " " + target + " " + version, lines),
                new String(body, StandardCharsets.ISO_8859_1),
                waits);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        int segments = random.nextInt(5);
        for (int i = 0; i < segments; i++) {
            path.append('/').append(any(SEGMENTS));
            if (once(8)) {
                // Above the root there is nothing: both refuse what leads there.
                path.append("/below/").append(any("..", "%2e%2E", ".%2e"));
            }
        }
        return path.isEmpty() || once(3) ? path.append('/').toString() : path.toString();
    }

    private String field(String name) {
        String value = switch (name) {
            case "TE" -> any("trailers", "gzip;q=0.5, trailers", "");
            case "Keep-Alive" -> "timeout=5";
            case "Range" -> "bytes=0-1";
            case "Max-Forwards" -> "5";
            default -> any(VALUES);
        };
        return name + ":" + space() + value + (once(6) ? any(" ", "  ") : "");
    }

    /** Blanks only: a tab before a value would be a part of it for nginx (against RFC 9110 section 5.5). */
    private String space() {
        return once(5) ? any("", "   ") : " ";
    }

    private void connection(List<String> lines, boolean old) {
        switch (random.nextInt(12)) {
            case 0 -> lines.add("Connection: close");
            case 1 -> lines.add("Connection: keep-alive");
            case 2 -> {
                lines.add("Connection: keep-alive, X-Hop");
                lines.add("X-Hop: mine");
            }
            case 3 -> {
                lines.add("Connection: Keep-Alive");
                lines.add("Keep-Alive: timeout=3");
            }
            default -> {
                if (old) {
                    lines.add("Connection: close");
                }
            }
        }
    }

    private byte[] content() {
        int bytes = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextInt(100);
            case 2 -> random.nextInt(10_000);
            default -> random.nextInt(100_000);
        };
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }

    private byte[] chunks(byte[] content, List<String> lines) {
        lines.add("Transfer-Encoding:" + space() + any("chunked", "Chunked"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int from = 0;
        while (from < content.length) {
            int length = Math.min(content.length - from, 1 + random.nextInt(once(3) ? 10 : 20_000));
            String size = Integer.toHexString(length);
            String extension = once(10) ? any(";a", ";a=b", ";a=\"b c\"") : "";
            out.writeBytes(ascii(
                    (once(3) ? size.toUpperCase(Locale.ROOT) : once(4) ? "00" + size : size) + extension + "\r\n"));
            out.write(content, from, length);
            out.writeBytes(ascii("\r\n"));
            from += length;
        }
        boolean trailers = once(3);
        if (trailers && once(2)) {
            lines.add("Trailer: X-Sum");
        }
        out.writeBytes(ascii("0\r\n" + (trailers ? "X-Sum: 1\r\nx-more:  2 \r\n" : "") + "\r\n"));
        return out.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private String shuffled(String first, List<String> lines) {
        Collections.shuffle(lines, random);
        return first + "\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
    }
}
