package io.fairlead.ingress.proxy.http1;

import java.nio.charset.StandardCharsets;

/**
 * A field line that the proxy adds, ready to be written.
 *
 * <p>Immutable.
 */
public final class FieldLine {

    /** Says that the connection ends after this message. */
    public static final FieldLine CLOSE = of("Connection", "close");

    /** Makes an Upgrade field count. */
    public static final FieldLine CONNECTION_UPGRADE = of("Connection", "Upgrade");

    /** Frames a body as chunks; for a head that {@link ForwardedHead#end} gives no framing. */
    public static final FieldLine CHUNKED = of("Transfer-Encoding", "chunked");

    private final byte[] bytes;

    private FieldLine(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws IllegalArgumentException if the name is no field name, or the value has control bytes or white
     * space around it
     */
    public static FieldLine of(String name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (HttpBytes.control(bytes, 0, bytes.length) < bytes.length || !value.equals(value.strip())) {
            throw new IllegalArgumentException("the value of " + name + " has control bytes or white space around it");
        }
        byte[] start = FieldName.of(name).bytes();
        byte[] line = new byte[start.length + bytes.length + 2];
        System.arraycopy(start, 0, line, 0, start.length);
        System.arraycopy(bytes, 0, line, start.length, bytes.length);
        line[line.length - 2] = HttpBytes.CR;
        line[line.length - 1] = HttpBytes.LF;
        return new FieldLine(line);
    }

    byte[] bytes() {
        return bytes;
    }
}
