package io.fairlead.ingress.proxy.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What goes on of a head.
 *
 * <p>Confined to the test thread.
 */
final class ForwardedHeadTest {

    private static final byte[] TARGET = {'/', 'y'};

    private final RequestHead request = new RequestHead(HeadLimits.DEFAULT);
    private final ResponseHead response = new ResponseHead(HeadLimits.DEFAULT);
    private final ByteBuf out = Unpooled.buffer();

    @Test
    void endToEndFieldsGoOnAsTheyCame() {
        read("""
                GET /x HTTP/1.1
                Host: a.example
                aCCept:  */*\s
                X: 1
                X: 2

                """);
        assertForwarded("""
                GET /y HTTP/1.1
                Host: a.example
                aCCept:  */*\s
                X: 1
                X: 2

                """);
    }

    @Test
    void fieldsOfOneHopStayBehind() {
        read("""
                GET /x HTTP/1.1
                Connection: keep-alive, X-Hop, TE
                Host: a.example
                Keep-Alive: timeout=5
                X-Hop: 1
                A: 1
                TE: trailers
                Upgrade: h2c
                Proxy-Connection: close
                Proxy: evil.example
                B: 2

                """);
        assertForwarded("""
                GET /y HTTP/1.1
                Host: a.example
                A: 1
                B: 2

                """);
    }

    @Test
    void lengthIsWrittenInOneForm() {
        for (String length : List.of("0", "7", "10", "420", "9223372036854775807")) {
            read("POST /x HTTP/1.1\nCONTENT-LENGTH:\t %s \nHost: a.example\n\n".formatted(length));
            assertForwarded("POST /y HTTP/1.1\nHost: a.example\nContent-Length: %s\n\n".formatted(length));
        }
        read("POST /x HTTP/1.1\nHost: a.example\nContent-Length: 00420\n\n");
        assertForwarded("POST /y HTTP/1.1\nHost: a.example\nContent-Length: 420\n\n");
    }

    @Test
    void codingIsWrittenInOneForm() {
        read("POST /x HTTP/1.1\ntransfer-encoding: \tChUnKeD\nHost: a.example\n\n");
        assertForwarded("POST /y HTTP/1.1\nHost: a.example\nTransfer-Encoding: chunked\n\n");
    }

    @Test
    void whoeverForwardsCanDropAndAdd() {
        read("""
                GET /x HTTP/1.1
                Host: a.example
                X-Forwarded-For: 192.0.2.1
                A: 1
                B: 2

                """);
        request.fields().drop(2);
        byte[] host = "b.example:80".getBytes(StandardCharsets.US_ASCII);
        ForwardedHead.request(out, request, TARGET, 0, TARGET.length);
        ForwardedHead.host(out, host, 0, 9);
        ForwardedHead.fields(out, request.fields(), KnownField.set(KnownField.HOST, KnownField.X_FORWARDED_FOR));
        ForwardedHead.line(out, FieldLine.of("X-Forwarded-Proto", "https"));
        ForwardedHead.field(out, FieldName.of("X-Forwarded-Host"), host, 0, 9);
        ForwardedHead.end(out, request.fields());
        assertWritten("""
                GET /y HTTP/1.1
                Host: b.example
                B: 2
                X-Forwarded-Proto: https
                X-Forwarded-Host: b.example

                """);
    }

    @Test
    void thereIsAlwaysOneHost() {
        read("GET http://a.example:80/x HTTP/1.0\nA: 1\n\n");
        assertForwarded("GET /y HTTP/1.1\nHost: a.example:80\nA: 1\n\n");
        read("GET /x HTTP/1.0\nA: 1\n\n");
        assertForwarded("GET /y HTTP/1.1\nHost: \nA: 1\n\n");
    }

    @Test
    void hostIsNamedWithAndWithoutItsPort() {
        byte[] text = read("GET /x HTTP/1.1\nHost: [2001:db8::1]:8080\n\n");
        assertEquals("[2001:db8::1]:8080", Corpus.printed(text, request.hostFrom(), request.hostTo()));
        assertEquals("[2001:db8::1]", Corpus.printed(text, request.hostFrom(), request.hostNameTo()));
        assertEquals("/x", Corpus.printed(text, request.pathFrom(), request.pathTo()));
    }

    @Test
    void answersGoOnWithOurVersion() {
        readAnswer("""
                HTTP/1.0 404 Not here
                Connection: close
                Server: x
                Date: y
                content-length: 05
                Set-Cookie: a
                Set-Cookie: b

                """);
        assertAnswered("""
                HTTP/1.1 404 Not here
                Server: x
                Date: y
                Set-Cookie: a
                Set-Cookie: b
                Content-Length: 5

                """);
    }

    @Test
    void lengthAfterNoContentIsLeftOut() {
        readAnswer("HTTP/1.1 204\nContent-Length: 0\n\n");
        assertAnswered("HTTP/1.1 204 \n\n");
    }

    @Test
    void nothingCanBeInjectedByWhatIsAdded() {
        for (String value : List.of("a\r\nb", "a\nb", "a\0", "a\u007f", " a", "a ")) {
            assertThrows(IllegalArgumentException.class, () -> FieldLine.of("X", value), value);
        }
        for (String name : List.of("", "X Y", "X:", "X\r\n", "caf\u00e9")) {
            assertThrows(IllegalArgumentException.class, () -> FieldName.of(name), name);
        }
        byte[] value = "a\r\nb".getBytes(StandardCharsets.US_ASCII);
        FieldName name = FieldName.of("X");
        assertThrows(IllegalArgumentException.class, () -> ForwardedHead.field(out, name, value, 0, value.length));
        assertFalse(out.isReadable());
    }

    private byte[] read(String head) {
        byte[] text = bytes(head);
        request.begin(0, false);
        assertEquals(
                Progress.COMPLETE,
                request.scan(text, text.length),
                request.fault().name());
        return text;
    }

    private void readAnswer(String head) {
        byte[] text = bytes(head);
        response.begin(0, RequestMethod.GET);
        assertEquals(
                Progress.COMPLETE,
                response.scan(text, text.length),
                response.fault().name());
    }

    private void assertForwarded(String expected) {
        ForwardedHead.request(out, request, TARGET, 0, TARGET.length);
        ForwardedHead.fields(out, request.fields(), 0);
        ForwardedHead.end(out, request.fields());
        assertWritten(expected);
    }

    private void assertAnswered(String expected) {
        ForwardedHead.response(out, response);
        ForwardedHead.fields(out, response.fields(), 0);
        ForwardedHead.end(out, response.fields());
        assertWritten(expected);
    }

    private void assertWritten(String expected) {
        assertEquals(new String(bytes(expected), StandardCharsets.US_ASCII), out.toString(StandardCharsets.US_ASCII));
        out.clear();
    }

    /** Lines are written with LF here and end with CR LF. */
    private static byte[] bytes(String lines) {
        return lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
