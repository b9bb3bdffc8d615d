package io.fairlead.ingress.route.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of normalisation, both ways, and the whole against a slow implementation of its own. */
final class RequestPathTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RequestPath path = new RequestPath();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "///",
                "/a",
                "/a/",
                "/a//b",
                "/a/b.c/..d/.e/f./...",
                "/.well-known/acme-challenge/x",
                "/-._~!$&'()*+,;=:@",
                "/AZaz09",
                "/%2F",
                "/a%2Fb%5Cc",
                "/%252e%252e/",
                "/a%20b",
                "/caf%C3%A9",
                // Overlong and broken UTF-8 is data of the backend: nothing here decodes characters.
                "/%C0%AE%C0%AE/",
                "/%E0%80%AF",
                "/%FF",
                "/%7F%1F%0D%0A",
                "/a;b=c/d",
                "/a;..",
                "/a..;/b",
                "/...;/b",
                "/?",
                "/?a=b&c",
                "/a?b?c/../d",
                "/a?q=100%",
                "/a?%zz%00%2e%2E",
                "/a?\"[]\\^`{|}'",
                "/a?/../..",
            })
    void leavesWhatIsNormal(String target) {
        byte[] input = bytes(target);
        assertEquals(PathVerdict.ACCEPTED, path.read(input, 0, input.length));
        assertSame(input, path.text(), "it was copied");
        assertEquals(target, written());
    }

    @ParameterizedTest
    @CsvSource({
        // Unreserved characters are decoded, once.
        "/%61, /a",
        "/%41%7a%30%39, /Az09",
        "/%2D%2e%5F%7e, /-._~",
        "/a%2Eb, /a.b",
        "/%25%36%31, /%2561",
        // The digits of other escapes are in upper case.
        "/%2f, /%2F",
        "/%5c%5C, /%5C%5C",
        "/caf%c3%a9, /caf%C3%A9",
        "/%c0%ae, /%C0%AE",
        // Dot segments.
        "/., /",
        "/./, /",
        "/./a, /a",
        "/a/., /a/",
        "/a/./b, /a/b",
        "/a/.., /",
        "/a/../, /",
        "/a/b/.., /a/",
        "/a/b/../, /a/",
        "/a/b/../c, /a/c",
        "/a/b/../../c, /c",
        "/a/./../b, /b",
        "/a/../b/../c, /c",
        // Empty segments count.
        "//.., /",
        "/a//../b, /a/b",
        "/a/..//b, //b",
        "/.//, //",
        "/a//.., /a/",
        // Dot segments in disguise.
        "/a/%2e%2e/b, /b",
        "/a/%2E./b, /b",
        "/a/.%2e, /",
        "/a/%2e/b, /a/b",
        "/a/%2e, /a/",
        "/a/b/%2e%2E/.%2e/%2e/c, /c",
        "/%2e%2e%2e/, /.../",
        "/a/..%2fb, /a/..%2Fb",
        "/a/..%5cb, /a/..%5Cb",
        "/..a/%2e.b, /..a/..b",
        // The query goes along as it is.
        "/a/../b?x=%2e%2e/../%61, /b?x=%2e%2e/../%61",
        "/%61?, /a?",
        "/a/..?/.., /?/..",
        "/a/.?b, /a/?b",
    })
    void normalises(String target, String expected) {
        assertEquals(PathVerdict.ACCEPTED, read(target));
        assertEquals(expected, written());
    }

    @ParameterizedTest
    @CsvSource({
        "a, NOT_ABSOLUTE",
        "*, NOT_ABSOLUTE",
        "?, NOT_ABSOLUTE",
        "http://a/b, NOT_ABSOLUTE",
        "%2Fa, NOT_ABSOLUTE",
        "\\a, NOT_ABSOLUTE",
        "/a b, BAD_BYTE",
        "/a\tb, BAD_BYTE",
        "/a#b, BAD_BYTE",
        "/a?b#c, BAD_BYTE",
        "/a?b c, BAD_BYTE",
        "/a?<, BAD_BYTE",
        "/a?>, BAD_BYTE",
        "/a\\b, BAD_BYTE",
        "/<, BAD_BYTE",
        "/>, BAD_BYTE",
        "/[, BAD_BYTE",
        "/], BAD_BYTE",
        "/^, BAD_BYTE",
        "/`, BAD_BYTE",
        "/{, BAD_BYTE",
        "/|, BAD_BYTE",
        "/}, BAD_BYTE",
        "/é, BAD_BYTE",
        "/a?é, BAD_BYTE",
        "/%, BAD_ESCAPE",
        "/%2, BAD_ESCAPE",
        "/%g0, BAD_ESCAPE",
        "/%0g, BAD_ESCAPE",
        "/%%61, BAD_ESCAPE",
        "/%u002e, BAD_ESCAPE",
        "/%+1, BAD_ESCAPE",
        "/%2?e, BAD_ESCAPE",
        "/%2/e, BAD_ESCAPE",
        "/%00, NUL",
        "/a%00.html, NUL",
        "/.., ABOVE_ROOT",
        "/../, ABOVE_ROOT",
        "/../a, ABOVE_ROOT",
        "/%2e%2e/, ABOVE_ROOT",
        "/a/../.., ABOVE_ROOT",
        "/./.., ABOVE_ROOT",
        "/a/.%2E/%2e%2E, ABOVE_ROOT",
        "/..?x, ABOVE_ROOT",
        "/..;/, DOTS_WITH_PARAMETER",
        "/a/..;/b, DOTS_WITH_PARAMETER",
        "/a/..;x=y, DOTS_WITH_PARAMETER",
        "/a/.;/b, DOTS_WITH_PARAMETER",
        "/a/%2e%2e;/b, DOTS_WITH_PARAMETER",
        "/a/.%2E;, DOTS_WITH_PARAMETER",
    })
    void refuses(String target, PathVerdict verdict) {
        assertEquals(verdict, read(target));
    }

    @Test
    void refusesEveryControlByteAndEveryByteAbove7f() {
        for (int b = 0; b < 256; b++) {
            if (b > 0x20 && b < 0x7f) {
                continue;
            }
            byte[] inPath = {'/', 'a', (byte) b};
            byte[] inQuery = {'/', '?', (byte) b};
            assertEquals(PathVerdict.BAD_BYTE, path.read(inPath, 0, 3), "byte " + b + " in a path");
            assertEquals(PathVerdict.BAD_BYTE, path.read(inQuery, 0, 3), "byte " + b + " in a query");
        }
    }

    @Test
    void refusesTheEmptyTarget() {
        assertEquals(PathVerdict.NOT_ABSOLUTE, path.read(new byte[0], 0, 0));
        assertEquals(PathVerdict.NOT_ABSOLUTE, path.read(bytes("/a"), 1, 1));
    }

    @Test
    void saysWherePathAndQueryAre() {
        byte[] line = bytes("GET /a/b?c=d HTTP/1.1");
        assertEquals(PathVerdict.ACCEPTED, path.read(line, 4, 12));
        assertSame(line, path.text());
        assertRanges(4, 8, 9, 12);

        assertEquals(PathVerdict.ACCEPTED, path.read(line, 4, 8));
        assertRanges(4, 8, 8, 8);

        assertEquals(PathVerdict.ACCEPTED, path.read(line, 4, 9));
        assertRanges(4, 8, 9, 9);

        byte[] other = bytes("GET /a/./%62?c=d HTTP/1.1");
        assertEquals(PathVerdict.ACCEPTED, path.read(other, 4, 16));
        assertNotSame(other, path.text());
        assertRanges(0, 4, 5, 8);
        assertEquals("/a/b?c=d", written());
    }

    private void assertRanges(int pathFrom, int pathTo, int queryFrom, int queryTo) {
        assertEquals(pathFrom, path.pathFrom(), "pathFrom");
        assertEquals(pathTo, path.pathTo(), "pathTo");
        assertEquals(queryFrom, path.queryFrom(), "queryFrom");
        assertEquals(queryTo, path.queryTo(), "queryTo");
    }

    @Test
    void readsNothingOutsideOfItsRange() {
        byte[] text = bytes("/%2/.%61");
        // Cut off behind "/%2" and behind "/.": neither may look at what follows.
        assertEquals(PathVerdict.BAD_ESCAPE, path.read(text, 0, 3));
        assertEquals(PathVerdict.ACCEPTED, path.read(text, 3, 5));
        assertEquals("/", written());
    }

    @Test
    void growsForLongTargets() {
        String target = "/a/./" + "b".repeat(60_000);
        assertEquals(PathVerdict.ACCEPTED, read(target));
        assertEquals("/a/" + "b".repeat(60_000), written());
        assertEquals(PathVerdict.ACCEPTED, read("/a/.".repeat(16_000)));
        assertEquals("/a".repeat(16_000) + "/", written());
    }

    @Test
    void agreesWithASlowReaderAndIsIdempotent() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        int rewritten = 0;
        for (int i = 0; i < 80_000; i++) {
            String target = randomTarget(random);
            String about = "seed " + seed + ", target " + target;
            Optional<String> expected = slow(target);
            PathVerdict verdict = read(target);
            assertEquals(expected.isPresent(), verdict == PathVerdict.ACCEPTED, () -> about + ": " + verdict);
            if (expected.isEmpty()) {
                refused++;
                continue;
            }
            accepted++;
            String normal = written();
            assertEquals(expected.get(), normal, about);
            rewritten += normal.equals(target) ? 0 : 1;
            String onlyPath = normal.split("\\?", -1)[0];
            for (String segment : onlyPath.split("/", -1)) {
                assertFalse(segment.equals(".") || segment.equals(".."), about);
            }
            byte[] again = bytes(normal);
            assertEquals(PathVerdict.ACCEPTED, path.read(again, 0, again.length), about);
            assertEquals(normal, written(), about);
        }
        assertTrue(
                accepted > 5_000 && refused > 5_000 && rewritten > 5_000,
                accepted + " accepted, " + refused + " refused, " + rewritten + " rewritten, seed " + seed);
    }

    private static final String[] PIECES = {
        "/", "/", "/", "/", ".", "..", "a", "bc", "~", ";", "%2e", "%2E", "%61", "%2f", "%2F", "%5c", "%5C", "%25",
        "%7e", "%C3%A9", "%c3", "?", "|", "%", "%0", "%00", "%g0", " ", "#", "\\", "é"
    };

    private static String randomTarget(Random random) {
        StringBuilder target = new StringBuilder(random.nextInt(50) == 0 ? "" : "/");
        int pieces = random.nextInt(12);
        for (int i = 0; i < pieces; i++) {
            // The last ones are refused nearly everywhere, so that they would hide what is beside them.
            int bound = random.nextInt(20) == 0 ? PIECES.length : PIECES.length - 9;
            target.append(PIECES[random.nextInt(bound)]);
        }
        return target.toString();
    }

    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern UNRESERVED = Pattern.compile("[A-Za-z0-9._~-]");
    private static final Pattern PATH = Pattern.compile("(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)+");
    private static final Pattern QUERY = Pattern.compile("(\\?[!-~&&[^#<>]]*)?");

    /** The same rules on strings and lists; empty if refused. */
    private static Optional<String> slow(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark);
        if (!PATH.matcher(path).matches() || !QUERY.matcher(query).matches() || path.contains("%00")) {
            return Optional.empty();
        }
        String decoded = ESCAPE.matcher(path).replaceAll(escape -> {
            String character = Character.toString(Integer.parseInt(escape.group(1), 16));
            return Matcher.quoteReplacement(
                    UNRESERVED.matcher(character).matches()
                            ? character
                            : escape.group().toUpperCase(Locale.ROOT));
        });
        String[] segments = decoded.substring(1).split("/", -1);
        Deque<String> kept = new ArrayDeque<>();
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.startsWith(".;") || segment.startsWith("..;")) {
                return Optional.empty();
            }
            boolean dots = segment.equals(".") || segment.equals("..");
            if (!dots) {
                kept.addLast(segment);
                continue;
            }
            if (segment.equals("..") && kept.pollLast() == null) {
                return Optional.empty();
            }
            if (i == segments.length - 1) {
                kept.addLast("");
            }
        }
        return Optional.of("/" + String.join("/", kept) + query);
    }

    @Test
    void readingAllocatesNothing() {
        byte[][] targets = {
            bytes("/api/v1/orders/4711?expand=items"), bytes("/a/../b/%7euser?x"), bytes("/a/%zz"), bytes("/../a")
        };
        long before = 0;
        for (int i = 0; i < 60_000; i++) {
            if (i == 30_000) {
                before = THREADS.getCurrentThreadAllocatedBytes();
            }
            byte[] target = targets[i & 3];
            path.read(target, 0, target.length);
        }
        long perThousand = (THREADS.getCurrentThreadAllocatedBytes() - before) / 30;
        assertEquals(0, perThousand / 1000, "bytes for each call");
    }

    private PathVerdict read(String target) {
        // In the middle of another array, so that a look outside of the range shows.
        byte[] around = new byte[target.length() * 2 + 16];
        Arrays.fill(around, (byte) '%');
        byte[] input = bytes(target);
        System.arraycopy(input, 0, around, 8, input.length);
        return path.read(around, 8, 8 + input.length);
    }

    private String written() {
        return new String(path.text(), path.pathFrom(), path.queryTo() - path.pathFrom(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
