package io.fairlead.ingress.proxy.http1;

import java.nio.charset.StandardCharsets;

/**
 * The name of a field that the proxy adds, with its colon, ready to be written.
 *
 * <p>Immutable.
 */
public final class FieldName {

    private final byte[] bytes;

    private FieldName(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if this is no field name (RFC 9110 section 5.1) */
    public static FieldName of(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || HttpBytes.tokenEnd(bytes, 0, bytes.length) < bytes.length) {
            throw new IllegalArgumentException("\"" + name + "\" is not a field name: letters, digits and hyphens");
        }
        return new FieldName((name + ": ").getBytes(StandardCharsets.US_ASCII));
    }

    byte[] bytes() {
        return bytes;
    }
}
