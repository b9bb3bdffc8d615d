package io.fairlead.cluster.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.cluster.model.PrivateBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shared keys come out of their text as they went in, and nothing of them into a message. */
final class SharedKeysTest {

    private static final Instant TIME = Instant.parse("2026-11-22T08:00:00Z");
    private static final String BASE64 = "A".repeat(43) + "=";

    private static SharedKey key(SharedKey.Role role, int number) {
        byte[] bytes = new byte[SharedKey.BYTES];
        Arrays.fill(bytes, (byte) number);
        return new SharedKey(role, TIME.plusSeconds(number), PrivateBytes.of(bytes));
    }

    private static SharedKeys parse(String text) {
        return SharedKeys.parse(PrivateBytes.of(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void keysSurviveTheirText() {
        SharedKeys keys = new SharedKeys(
                new KeyRing(List.of(
                        key(SharedKey.Role.CURRENT, 1),
                        key(SharedKey.Role.NEXT, 2),
                        key(SharedKey.Role.OLD, 3),
                        key(SharedKey.Role.OLD, 4))),
                new KeyRing(List.of(key(SharedKey.Role.CURRENT, 5))));
        assertEquals(keys, SharedKeys.parse(keys.toText()));
        assertEquals(
                "SharedKeys[tickets=4 keys, cookies=1 keys]",
                keys.toString(),
                "no byte of a key is in the text for logs");
    }

    @Test
    void textIsWhatPeopleCanRead() {
        String secret = Base64.getEncoder()
                .encodeToString(key(SharedKey.Role.CURRENT, 7).secret().toBytes());
        String text = "tickets current 2026-11-22T08:00:07Z " + secret + "\ncookies current 2026-11-22T08:00:07Z "
                + secret + "\n";
        KeyRing ring = new KeyRing(List.of(key(SharedKey.Role.CURRENT, 7)));
        assertEquals(text, new String(new SharedKeys(ring, ring).toText().toBytes(), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | tickets: 0 keys; 1 to 64 are accepted",
                "tickets current 2026-11-22T08:00:00Z | line 1 has 3 words, not 4",
                "tickets  current 2026-11-22T08:00:00Z K | line 1 has 5 words, not 4",
                "hunter2 current 2026-11-22T08:00:00Z K | the purpose in line 1 is none that is known",
                "tickets hunter2 2026-11-22T08:00:00Z K | the role in line 1 is none that is known",
                "tickets current hunter2 K | line 1 has no time of UTC, or no 32 bytes in base64",
                "tickets current 2026-11-22T08:00:00Z hunter2! | line 1 has no time of UTC, or no 32 bytes in base64",
                "tickets current 2026-11-22T08:00:00Z aHVudGVyMg== | line 1 has no time of UTC, or no 32 bytes in base64",
                "tickets old 2026-11-22T08:00:00Z K | tickets: key 1 must not be OLD: first comes the current one, then the next one if there is one, then the old ones",
                "tickets current 2026-11-22T08:00:00Z K | cookies: 0 keys; 1 to 64 are accepted",
            })
    void whatIsWrongIsSaidWithoutTheKeys(String text, String reason) {
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class, () -> parse(text.replace(" K", " " + BASE64)))
                .getMessage());
        assertEquals(reason, message);
        assertFalse(message.contains("hunter2"));
    }

    @Test
    void moreThanThereCanBeIsRefused() {
        String line = "tickets current 2026-11-22T08:00:00Z " + BASE64 + "\n";
        assertThrows(IllegalArgumentException.class, () -> parse(line.repeat(2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> parse(line + line.replace("current", "old").repeat(64)));
        assertEquals(
                "it has 70000 bytes; the limit is 65536",
                assertThrows(IllegalArgumentException.class, () -> parse(" ".repeat(70_000)))
                        .getMessage());
    }
}
