package io.fairlead.ingress.resource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.source.decode.InvalidInput;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets are read, and nothing of them is ever said. */
final class SecretDecoderTest {

    private static final ObjectName NAME = new ObjectName("shop", "cert");

    private static final Secret NOTHING =
            new Secret(NAME, PrivateBytes.EMPTY, PrivateBytes.EMPTY, PrivateBytes.EMPTY, PrivateBytes.EMPTY);

    private static Secret decode(String yaml) {
        return SecretDecoder.decode(NAME, IngressDecoderTest.field(yaml)).orElseThrow();
    }

    private static PrivateBytes bytes(String text) {
        return PrivateBytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void valuesAreDecoded() {
        assertEquals(
                new Secret(NAME, bytes("CERT"), bytes("KEY"), PrivateBytes.EMPTY, PrivateBytes.EMPTY),
                decode("{data: {tls.crt: Q0VSVA==, tls.key: 'S0\n\n  VZ', other: '!'}}"));
        assertEquals(
                new Secret(NAME, PrivateBytes.EMPTY, PrivateBytes.EMPTY, bytes("CA"), PrivateBytes.EMPTY),
                decode("{data: {ca.crt: QUFB}, stringData: {ca.crt: CA}}"));
        assertEquals(NOTHING, decode("{type: x}"));
    }

    @Test
    void sharedKeysAreReadOfTheirOwnTypeOnly() {
        assertEquals(
                bytes("KEYS"),
                decode("{type: fairlead.io/shared-keys, data: {keys: S0VZUw==}}")
                        .sharedKeys());
        assertEquals(NOTHING, decode("{type: Opaque, data: {keys: S0VZUw==}}"));
        assertEquals(NOTHING, decode("{data: {keys: S0VZUw==}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{data: hunter2} | data: is not a mapping",
                "{data: [hunter2]} | data: is not a mapping",
                "{stringData: hunter2} | stringData: is not a mapping",
                "{data: {tls.key: hunter2!}} | data.tls.key: is not base64",
                "{data: {tls.key: [hunter2]}} | data.tls.key: is not a string",
                "{data: {tls.key: 12345678}} | data.tls.key: is not a string",
                "{stringData: {tls.key: {hunter2: hunter2}}} | stringData.tls.key: is not a string",
            })
    void whatIsWrongIsSaidWithoutTheValue(String yaml, String reason) {
        assertEquals(
                reason, assertThrows(InvalidInput.class, () -> decode(yaml)).getMessage());
    }

    @Test
    void moreThanTheApiTakesIsRefused() {
        String text = "A".repeat(3 << 20);
        String message =
                String.valueOf(assertThrows(InvalidInput.class, () -> decode("{data: {tls.crt: " + text + "}}"))
                        .getMessage());
        assertTrue(message.endsWith("is longer than 1048576 bytes"), message);
        String plain = "A".repeat((1 << 20) + 1);
        assertThrows(InvalidInput.class, () -> decode("{stringData: {tls.crt: " + plain + "}}"));
    }

    @Test
    void bytesArePrivate() {
        byte[] given = "KEY".getBytes(StandardCharsets.UTF_8);
        PrivateBytes kept = PrivateBytes.of(given);
        given[0] = 'X';
        assertArrayEquals("KEY".getBytes(StandardCharsets.UTF_8), kept.toBytes());
        assertEquals("(3 bytes)", kept.toString());
        assertEquals(bytes("KEY"), kept);
        assertEquals(bytes("KEY").hashCode(), kept.hashCode());
        assertNotEquals(bytes("KEX"), kept);
        assertFalse(kept.isEmpty());
        assertFalse(decode("{stringData: {tls.key: hunter2}}").toString().contains("hunter2"));
    }
}
