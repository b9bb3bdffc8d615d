package io.fairlead.ingress.proxy.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every row of the corpus, whole, byte by byte and cut at every place.
 *
 * <p>Confined to the test thread.
 */
final class CorpusTest {

    /** Rows longer than this are cut at some places only. */
    private static final int CUT_EVERYWHERE_MAX = 2_000;

    private static final int CUTS_OF_LONG_ROWS = 50;

    private static final List<String> FILES =
            List.of("requests.txt", "requests-after-another.txt", "responses.txt", "chunked.txt");

    private final RequestHead request = new RequestHead(HeadLimits.DEFAULT);
    private final ResponseHead response = new ResponseHead(HeadLimits.DEFAULT);
    private final ChunkScanner chunks = new ChunkScanner();

    /** Reads bytes that end in pieces at these places. */
    private interface Reading {
        String read(Corpus.Row row, byte[] bytes, int[] ends);
    }

    @Test
    void firstRequests() {
        check("requests.txt", (row, bytes, ends) -> Read.request(request, bytes, ends, false, '\n'));
    }

    @Test
    void requestsAfterAnother() {
        check("requests-after-another.txt", (row, bytes, ends) -> Read.request(request, bytes, ends, true, 'x'));
    }

    @Test
    void responses() {
        check("responses.txt", (row, bytes, ends) -> {
            RequestMethod method = row.head() ? RequestMethod.HEAD : RequestMethod.GET;
            return Read.response(response, bytes, ends, method, ' ');
        });
    }

    @Test
    void chunkedBodies() {
        check("chunked.txt", (row, bytes, ends) -> Read.chunked(chunks, bytes, ends));
    }

    @Test
    void everyFaultHasARow() {
        Set<String> results = new HashSet<>();
        int rows = 0;
        for (String file : FILES) {
            for (Corpus.Row row : Corpus.rows(file)) {
                results.add(row.result());
                rows++;
            }
        }
        List<HeadFault> without = new ArrayList<>();
        for (HeadFault fault : HeadFault.values()) {
            if (fault != HeadFault.NONE && !results.contains(fault.name())) {
                without.add(fault);
            }
        }
        assertEquals(List.of(), without);
        assertTrue(rows >= 300, rows + " rows");
    }

    private static void check(String file, Reading reading) {
        List<String> wrong = new ArrayList<>();
        for (Corpus.Row row : Corpus.rows(file)) {
            byte[] bytes = row.bytes();
            compare(row, "whole", reading.read(row, bytes, Read.whole(bytes)), wrong);
            compare(row, "byte by byte", reading.read(row, bytes, Read.byteByByte(bytes)), wrong);
            for (int cut : cuts(bytes.length)) {
                compare(row, "cut at " + cut, reading.read(row, bytes, new int[] {cut, bytes.length}), wrong);
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    private static void compare(Corpus.Row row, String how, String result, List<String> wrong) {
        if (!row.result().equals(result)) {
            wrong.add(row.place() + " " + how + ": " + result + ", not " + row.result());
        }
    }

    private static int[] cuts(int length) {
        if (length <= CUT_EVERYWHERE_MAX) {
            return IntStream.range(1, length).toArray();
        }
        return new Random(length).ints(CUTS_OF_LONG_ROWS, 1, length).toArray();
    }
}
