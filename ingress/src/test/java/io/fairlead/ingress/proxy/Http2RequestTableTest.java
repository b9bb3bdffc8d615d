package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks that are a request, or are not (RFC 9113 sections 8.2 and 8.3), and those that were used for smuggling. */
@Timeout(20)
final class Http2RequestTableTest {

    private static final String MALFORMED = "RST PROTOCOL_ERROR";
    private static final ScriptedBackend BACKEND = ScriptedBackend.echoingHeads();
    private static final RunningProxy PROXY = new RunningProxy();

    @BeforeAll
    static void route() {
        PROXY.to(BACKEND);
    }

    @AfterAll
    static void close() {
        PROXY.close();
        BACKEND.close();
    }

    private static Arguments row(String name, String expected, String... lines) {
        return Arguments.of(name, expected, List.of(lines));
    }

    private static List<String> good() {
        return new ArrayList<>(List.of(":method: GET", ":scheme: http", ":authority: shop.example.com", ":path: /"));
    }

    /** The fields of a good request, then these. */
    private static Arguments with(String name, String expected, String... lines) {
        List<String> all = good();
        all.addAll(List.of(lines));
        return Arguments.of(name, expected, all);
    }

    /** A good request with another field instead of one of its own. */
    private static Arguments instead(String name, String expected, String line) {
        List<String> all = good();
        String start = line.substring(0, line.indexOf(": ", 1) + 2);
        all.replaceAll(each -> each.startsWith(start) ? line : each);
        return Arguments.of(name, expected, all);
    }

    private static Arguments without(String name, String expected, String field, String... more) {
        List<String> all = good();
        all.removeIf(each -> each.startsWith(field + ": "));
        all.addAll(List.of(more));
        return Arguments.of(name, expected, all);
    }

    static Stream<Arguments> pseudoFields() {
        return Stream.of(
                with("a good request", "200"),
                row("any order", "200", ":path: /", ":authority: a.example.com", ":scheme: https", ":method: GET"),
                without("no method", MALFORMED, ":method"),
                without("no scheme", MALFORMED, ":scheme"),
                without("no path", MALFORMED, ":path"),
                without("no host", "400", ":authority"),
                without("host instead of authority", "200", ":authority", "host: shop.example.com"),
                with("the same host twice", "200", "host: SHOP.example.com"),
                with("another host", MALFORMED, "host: other.example.com"),
                with("two hosts", MALFORMED, "host: shop.example.com", "host: shop.example.com"),
                with("method twice", MALFORMED, ":method: GET"),
                with("path twice", MALFORMED, ":path: /"),
                with("scheme twice", MALFORMED, ":scheme: http"),
                with("authority twice", MALFORMED, ":authority: shop.example.com"),
                with("status", MALFORMED, ":status: 200"),
                with("protocol", MALFORMED, ":protocol: websocket"),
                with("unknown", MALFORMED, ":x: 1"),
                with("nothing but a colon", MALFORMED, ":: 1"),
                row("pseudo behind regular", MALFORMED, ":method: GET", ":scheme: http", "a: b", ":path: /"),
                instead("empty path", MALFORMED, ":path: "),
                instead("path without slash", MALFORMED, ":path: a"),
                instead("absolute path", MALFORMED, ":path: http://other.example.com/"),
                instead("asterisk of GET", "400", ":path: *"),
                instead("path with space", "400", ":path: /a b"),
                instead("path with a version", "400", ":path: /a HTTP/1.1"),
                instead("path with a line", MALFORMED, ":path: / HTTP/1.1\r\nx: y"),
                instead("path with LF", MALFORMED, ":path: /a\nb"),
                instead("path with NUL", MALFORMED, ":path: /\0"),
                instead("path with a fragment", "400", ":path: /a#b"),
                instead("path out of the root", "400", ":path: /../a"),
                instead("method with space", MALFORMED, ":method: GET /x HTTP/1.1"),
                instead("method with a line", MALFORMED, ":method: GET / HTTP/1.1\r\nx: y\r\n\r\nGET"),
                instead("empty method", MALFORMED, ":method: "),
                instead("long method", "400", ":method: ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHI"),
                instead("CONNECT", "501", ":method: CONNECT"),
                instead("TRACE", "501", ":method: TRACE"),
                instead("unknown scheme", MALFORMED, ":scheme: ftp"),
                instead("scheme with a host", MALFORMED, ":scheme: http://other.example.com/?"),
                instead("empty authority", "400", ":authority: "),
                instead("userinfo", "400", ":authority: user@shop.example.com"),
                instead("authority with space", "400", ":authority: a b"),
                instead("authority with a path", "400", ":authority: a/b"),
                instead("authority with a line", MALFORMED, ":authority: a\r\nx: y"),
                instead("port out of range", "400", ":authority: a:70000"),
                row("CONNECT as it should be", "501", ":method: CONNECT", ":authority: a.example.com:443"));
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                with("upper case", MALFORMED, "Accept: a"),
                with("one upper case letter", MALFORMED, "x-A: a"),
                with("a blank name", MALFORMED, " : a"),
                with("space in a name", MALFORMED, "a b: c"),
                with("space behind a name", MALFORMED, "a : c"),
                with("a line in a name", MALFORMED, "a\r\nb: c"),
                with("a colon in a name", MALFORMED, "transfer-encoding:chunked: x"),
                with("NUL in a name", MALFORMED, "a\0: c"),
                with("more than ASCII in a name", MALFORMED, "\u00e9: c"),
                with("CR LF in a value", MALFORMED, "a: b\r\nx: y"),
                with("an end of head in a value", MALFORMED, "a: b\r\n\r\nGET / HTTP/1.1"),
                with("CR in a value", MALFORMED, "a: b\rc"),
                with("LF in a value", MALFORMED, "a: b\nc"),
                with("NUL in a value", MALFORMED, "a: b\0c"),
                with("DEL in a value", MALFORMED, "a: b\u007fc"),
                with("space before a value", MALFORMED, "a:  b"),
                with("space behind a value", MALFORMED, "a: b "),
                with("tab before a value", MALFORMED, "a: \tb"),
                with("tab in a value", "200", "a: b\tc"),
                with("more than ASCII in a value", "200", "a: \u00e9"),
                with("empty value", "200", "a: "),
                with("connection", MALFORMED, "connection: close"),
                with("connection that nominates", MALFORMED, "connection: x-a", "x-a: b"),
                with("keep-alive", MALFORMED, "keep-alive: 1"),
                with("proxy-connection", MALFORMED, "proxy-connection: close"),
                with("transfer-encoding", MALFORMED, "transfer-encoding: chunked"),
                with("upgrade", MALFORMED, "upgrade: websocket"),
                with("te of trailers", "200", "te: trailers"),
                with("te of more", MALFORMED, "te: trailers, deflate"),
                with("te of something else", MALFORMED, "te: gzip"),
                with("a length without content", MALFORMED, "content-length: 5"),
                with("a length of nothing", "200", "content-length: 0"),
                with("two lengths", "400", "content-length: 0", "content-length: 0"),
                with("a length with a sign", "400", "content-length: +0"),
                with("a list of lengths", "400", "content-length: 0, 0"),
                with("a length out of range", "400", "content-length: 99999999999999999999"),
                with("an expectation", "417", "expect: 200-ok"),
                with("a proxy of CGI", "200", "proxy: http://other.example.com"),
                with("a long value", "200", "a: " + "b".repeat(20_000)),
                instead("a long path", "414", ":path: /" + "a".repeat(20_000)),
                manyFields());
    }

    private static Arguments manyFields() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            lines.add("x-" + i + ": a");
        }
        return with("many fields", "431", lines.toArray(String[]::new));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource({"pseudoFields", "fields"})
    void readsOneRequestOrNone(String name, String expected, List<String> lines) {
        try (H2Wire client = PROXY.http2()) {
            client.headers(1, true, lines.toArray(String[]::new));
            H2Wire.Answer answer = client.answer(1);
            assertEquals(expected, answer.outcome(), () -> name + ": " + lines + " came to " + answer);
            // The connection is none the worse for it.
            assertEquals("200", client.get(3, "/after").answer(3).outcome(), name);
        }
    }
}
