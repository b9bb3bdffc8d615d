package io.fairlead.ingress.proxy.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Messages made of likely and unlikely parts, then damaged. Whatever comes out of it, the scanners never throw, never
 * look beyond what came, decide the same however it is cut, and take nothing that a second, slow reading of the grammar
 * does not take; and what goes on reads again as what came, less what was dropped.
 *
 * <p>Confined to the test thread.
 */
final class HeadFuzzTest {

    private static final int ROUNDS = 40_000;
    private static final long SEED = 20_260_101;

    private static final String[] METHODS = {
        "GET", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "QUERY", "get", "G T", ""
    };
    private static final String[] TARGETS = {
        "/",
        "/a/b?c=d",
        "/%2e/x",
        "*",
        "http://a.example/x",
        "http://a.example",
        "https://b.example:8/",
        "a.example:80",
        "/#f",
        "/ x",
        "",
        "//",
        "/\u00e9"
    };
    private static final String[] VERSIONS = {"HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "http/1.1", "HTTP/2.0", ""
    };
    private static final String[] STATUSES = {
        "200 OK", "204 No Content", "304 Not Modified", "100 Continue", "101 X", "404", "2000"
    };
    private static final String[] HOSTS = {"a.example", "b.example:8", "[::1]:80", "a b", "", "a@b", "a.example:99999"};
    private static final String[] FIELDS = {
        "Content-Length: 5",
        "Content-Length: 0",
        "content-length: 5, 5",
        "Content-Length: +1",
        "Content-Length:\t7 ",
        "Transfer-Encoding: chunked",
        "transfer-encoding:CHUNKED",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding : chunked",
        "Connection: close",
        "Connection: keep-alive, X-Hop",
        "Connection: Upgrade",
        "Connection: host",
        "Upgrade: websocket",
        "X-Hop: 1",
        "x-hop: 2",
        "TE: trailers",
        "Keep-Alive: 5",
        "Proxy: x",
        "Expect: 100-continue",
        "Expect: other",
        "Cookie: a=b; c=\"d\"",
        "X-Empty:",
        "X-Long: aaaaaaaaaaaaaaaaaaaaaaaa",
        " folded",
        "\tfolded",
        "NoColon",
        ": empty",
        "X Y: 1",
        "X\u00e9: 1",
        "X: \u00e9",
        "X: a\tb",
        "X: \u0001"
    };
    /** With what stands between a colon and the CR of the line's end. */
    private static final String[] VALUES = {
        " b.example",
        " b.example",
        "c:1",
        "",
        " ",
        "\tx \t",
        " 5",
        "chunked",
        " a\tb",
        " \u00e9",
        " a\rb",
        "a\r",
        " a\nb",
        "\u0001"
    };

    private static final String[] ENDS = {
        "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", ""
    };
    private static final String[] CHUNKS = {
        "5\r\nhello\r\n",
        "1;a=b\r\nx\r\n",
        "00a\r\n0123456789\r\n",
        "0\r\n\r\n",
        "0\r\nX: 1\r\n\r\n",
        "0;x\r\n\r\n",
        "0\r\nHost: a\r\n\r\n",
        "5\nhello\r\n",
        "5 \r\nhello\r\n",
        "ffffffffffffffff\r\n",
        "0x1\r\na\r\n",
        "\r\n",
        "5\r\nhell\r\n"
    };

    /** RFC 9112 section 3 and 5, strictly, in another way than the scanner's. */
    private static final Pattern REQUEST =
            Pattern.compile("(\\r\\n)?([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-\"$-~]+) HTTP/1\\.[01]\\r\\n"
                    + "([!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t -~\\x80-\\xff]*\\r\\n)*\\r\\n");

    private static final Pattern RESPONSE =
            Pattern.compile("HTTP/1\\.[01] [1-9][0-9][0-9]( [\\t -~\\x80-\\xff]*)?\\r\\n"
                    + "([!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t -~\\x80-\\xff]*\\r\\n)*\\r\\n");

    private static final Pattern CHUNKED_DATA = Pattern.compile("(?s)end data=.*");

    /** Fields that never go on. */
    private static final Set<String> OF_ONE_HOP =
            Set.of("connection", "keep-alive", "proxy-connection", "te", "upgrade", "proxy");

    private final RequestHead request = new RequestHead(HeadLimits.DEFAULT);
    private final RequestHead again = new RequestHead(HeadLimits.DEFAULT);
    private final ResponseHead response = new ResponseHead(HeadLimits.DEFAULT);
    private final ChunkScanner chunks = new ChunkScanner();

    @Test
    void requests() {
        int complete = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            byte[] bytes = damaged(random, requestText(random));
            boolean after = random.nextInt(4) == 0;
            String where = "seed " + (SEED + round) + ": " + Corpus.printed(bytes);
            String result = Read.request(request, bytes, Read.whole(bytes), after, '\n');
            assertEquals(result, Read.request(request, bytes, Read.byteByByte(bytes), after, 'x'), where);
            assertEquals(result, Read.request(request, bytes, cuts(random, bytes.length), after, '\r'), where);
            if (result.startsWith("more") || result.equals(result.toUpperCase(Locale.ROOT)) && !result.contains(" ")) {
                continue;
            }
            complete++;
            byte[] head = headOf(bytes, result);
            assertTrue(REQUEST.matcher(latin(head)).matches(), where);
            request.begin(0, after);
            assertEquals(Progress.COMPLETE, request.scan(head, head.length), where);
            goesOnTheSame(where);
        }
        assertTrue(complete > ROUNDS / 50, complete + " were complete");
    }

    private static String withOtherValue(Random random, String fields) {
        int colon = fields.indexOf(':', random.nextInt(fields.length()));
        int end = fields.indexOf('\r', Math.max(0, colon));
        return colon < 0 || end < 0
                ? fields
                : fields.substring(0, colon + 1) + VALUES[random.nextInt(VALUES.length)] + fields.substring(end);
    }

    /** Equal fields of the request before are not scanned again, and nothing else of it may be left. */
    @Test
    void everyRequestIsReadAsIfItWereTheFirst() {
        int repeated = 0;
        byte[] before = {};
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round / 4);
            String fields = fields(random, new StringBuilder("Host: a.example\r\n"));
            random.setSeed(SEED - round);
            String start = often(random, METHODS) + " " + often(random, TARGETS) + " " + often(random, VERSIONS);
            String sent = random.nextBoolean() ? fields : withOtherValue(random, fields);
            byte[] bytes = (start + "\r\n" + sent).getBytes(StandardCharsets.ISO_8859_1);
            String where = "seed " + (SEED - round) + ": " + Corpus.printed(before) + " and " + Corpus.printed(bytes);
            String first = Read.request(new RequestHead(HeadLimits.DEFAULT), bytes, Read.whole(bytes), true, 'x');
            int[] ends = random.nextBoolean() ? Read.whole(bytes) : cuts(random, bytes.length);
            assertEquals(first, Read.request(request, bytes, ends, true, '\n'), where);
            if (first.contains(" ")) {
                repeated++;
                request.fields().drop(random.nextInt(request.fields().count()));
            }
            before = bytes;
        }
        assertTrue(repeated > ROUNDS / 50, repeated + " were complete");
    }

    @Test
    void nominatesTheSameFieldsBehindAnotherValue() {
        for (String host : List.of("a.example", "another.example", "b", "a.example")) {
            String text = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n";
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            String first = Read.request(new RequestHead(HeadLimits.DEFAULT), bytes, Read.whole(bytes), true, 'x');
            assertEquals(first, Read.request(request, bytes, Read.whole(bytes), true, 'x'), host);
            assertTrue(request.fields().isDropped(2), host);
        }
    }

    @Test
    void responses() {
        int complete = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            byte[] bytes = damaged(random, responseText(random));
            RequestMethod method = random.nextInt(4) == 0 ? RequestMethod.HEAD : RequestMethod.GET;
            String where = "seed " + (SEED + round) + ": " + Corpus.printed(bytes);
            String result = Read.response(response, bytes, Read.whole(bytes), method, '\n');
            assertEquals(result, Read.response(response, bytes, Read.byteByByte(bytes), method, 'x'), where);
            assertEquals(result, Read.response(response, bytes, cuts(random, bytes.length), method, '\r'), where);
            if (Character.isDigit(result.charAt(0))) {
                complete++;
                assertTrue(RESPONSE.matcher(latin(headOf(bytes, result))).matches(), where);
            }
        }
        assertTrue(complete > ROUNDS / 50, complete + " were complete");
    }

    /** That what passes is what came in, is checked where they are read. */
    @Test
    void chunkedBodies() {
        int complete = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(SEED + round);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(5); i >= 0; i--) {
                text.append(pick(random, CHUNKS));
            }
            byte[] bytes = damaged(random, text.append("0\r\n\r\n").toString());
            String where = "seed " + (SEED + round) + ": " + Corpus.printed(bytes);
            String result = Read.chunked(chunks, bytes, Read.whole(bytes));
            assertEquals(result, Read.chunked(chunks, bytes, Read.byteByByte(bytes)), where);
            assertEquals(result, Read.chunked(chunks, bytes, cuts(random, bytes.length)), where);
            complete += CHUNKED_DATA.matcher(result).matches() ? 1 : 0;
        }
        assertTrue(complete > ROUNDS / 50, complete + " were complete");
    }

    private void goesOnTheSame(String where) {
        ByteBuf out = Unpooled.buffer();
        byte[] target = {'/'};
        boolean star = request.form() == RequestHead.TargetForm.ASTERISK;
        ForwardedHead.request(out, request, star ? new byte[] {'*'} : target, 0, 1);
        ForwardedHead.fields(out, request.fields(), 0);
        ForwardedHead.end(out, request.fields());
        byte[] sent = Arrays.copyOf(out.array(), out.readableBytes());
        again.begin(0, false);
        Progress progress = again.scan(sent, sent.length);
        boolean hostless = request.hostFrom() == request.hostTo();
        assertEquals(hostless ? HeadFault.BAD_HOST : HeadFault.NONE, again.fault(), where);
        if (progress == Progress.COMPLETE) {
            assertEquals(sent.length, again.end(), where);
            assertEquals(request.framing(), again.framing(), where);
            assertEquals(request.fields().contentLength(), again.fields().contentLength(), where);
            assertEquals(request.expectsContinue(), again.expectsContinue(), where);
            assertEquals(goingOn(request.fields()), goingOn(again.fields()), where);
            assertTrue(again.persistent(), where);
        }
    }

    /** End-to-end fields, as name and value; a Host that was only in the target is one. */
    private List<String> goingOn(HeadFields fields) {
        List<String> lines = new ArrayList<>();
        Set<String> framing = new HashSet<>(Set.of("content-length", "transfer-encoding", "host"));
        for (int i = 0; i < fields.count(); i++) {
            String name = Corpus.printed(fields.text(), fields.nameFrom(i), fields.nameTo(i));
            String lower = name.toLowerCase(Locale.ROOT);
            if (!fields.isDropped(i) && !OF_ONE_HOP.contains(lower) && !framing.contains(lower)) {
                lines.add(name + ":" + Corpus.printed(fields.text(), fields.valueFrom(i), fields.valueTo(i)));
            }
        }
        return lines;
    }

    private static String requestText(Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "\r\n" : "");
        text.append(often(random, METHODS)).append(' ').append(often(random, TARGETS));
        text.append(' ').append(often(random, VERSIONS)).append(end(random));
        if (random.nextInt(12) > 0) {
            text.append("Host: ").append(often(random, HOSTS)).append(end(random));
        }
        return fields(random, text);
    }

    private static String responseText(Random random) {
        StringBuilder text = new StringBuilder(often(random, VERSIONS)).append(' ');
        text.append(pick(random, STATUSES)).append(end(random));
        return fields(random, text);
    }

    private static String fields(Random random, StringBuilder text) {
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(pick(random, FIELDS)).append(end(random));
        }
        return text.append(end(random)).append("GET / HTTP/1.1\r\n").toString();
    }

    private static String end(Random random) {
        return random.nextInt(20) == 0 ? pick(random, ENDS) : "\r\n";
    }

    /** The first one in half of the cases, or nearly everything would be refused. */
    private static String often(Random random, String[] choices) {
        return random.nextBoolean() ? choices[0] : pick(random, choices);
    }

    private static String pick(Random random, String[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** In half of the cases, up to three bytes are changed, left out or added. */
    private static byte[] damaged(Random random, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextBoolean() ? random.nextInt(4) : 0; i > 0 && bytes.length > 1; i--) {
            int at = random.nextInt(bytes.length);
            int kind = random.nextInt(3);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            if (kind > 0) {
                out.write(random.nextBoolean() ? random.nextInt(256) : "\r\n\t :,\0;0".charAt(random.nextInt(9)));
            }
            int rest = kind < 2 ? at + 1 : at;
            out.write(bytes, rest, bytes.length - rest);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    private static int[] cuts(Random random, int length) {
        int[] ends = random.ints(random.nextInt(6), 1, length + 1)
                .sorted()
                .distinct()
                .toArray();
        int[] all = Arrays.copyOf(ends, ends.length + 1);
        all[ends.length] = length;
        return all;
    }

    /** The bytes of the head, by what the result says is behind it. */
    private static byte[] headOf(byte[] bytes, String result) {
        int rest = result.indexOf(" rest=");
        return Arrays.copyOf(
                bytes, bytes.length - (rest < 0 ? 0 : Integer.parseInt(result.substring(rest + " rest=".length()))));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
