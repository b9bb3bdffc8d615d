package io.fairlead.ingress.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The textual encoding of keys and certificates (RFC 7468). What is outside of blocks is ignored; inside, white space
 * may be anywhere between lines and nowhere else.
 *
 * <p>Works on bytes and not on strings, which could not be wiped.
 *
 * <p>Immutable: it has no state.
 */
final class Pem {

    static final int BYTES_MAX = 1 << 20;

    private static final int BLOCKS_MAX = 64;
    private static final byte[] BEGIN = ascii("-----BEGIN ");
    private static final byte[] END = ascii("-----END ");
    private static final byte[] DASHES = ascii("-----");

    private Pem() {}

    /**
     * One block.
     *
     * <p>Immutable, until it is wiped.
     */
    static final class Block {

        private final String label;
        private final byte[] der;
        private final boolean encrypted;

        Block(String label, byte[] der, boolean encrypted) {
            this.label = label;
            this.der = der;
            this.encrypted = encrypted;
        }

        String label() {
            return label;
        }

        /** Empty if it is encrypted. */
        byte[] der() {
            return der;
        }

        /** Whether it has headers, which only encrypted keys have, in the format before PKCS #8 (RFC 1421, 4.6). */
        boolean encrypted() {
            return encrypted;
        }

        void wipe() {
            Arrays.fill(der, (byte) 0);
        }
    }

    /**
     * All blocks of a file.
     *
     * @param name what to call the file
     * @param broken the fault if a block is malformed
     * @throws Refusal if it is too large or malformed
     */
    static List<Block> read(byte[] text, String name, CertificateFault broken) {
        if (text.length > BYTES_MAX) {
            throw new Refusal(CertificateFault.TOO_LARGE, name + " is larger than 1 MiB");
        }
        List<Block> blocks = new ArrayList<>();
        int at = 0;
        while (at < text.length) {
            int end = lineEnd(text, at);
            String label = label(text, at, end, BEGIN);
            at = end + 1;
            if (label != null) {
                int last = find(text, at, label);
                if (last < 0 || blocks.size() == BLOCKS_MAX) {
                    String reason = last < 0 ? " has a block without end" : " has more than 64 blocks";
                    throw new Refusal(broken, name + reason);
                }
                blocks.add(block(label, text, at, last, name, broken));
                at = lineEnd(text, last) + 1;
            }
        }
        return blocks;
    }

    private static Block block(String label, byte[] text, int from, int to, String name, CertificateFault broken) {
        byte[] body = new byte[to - from];
        int size = 0;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b == ':') {
                Arrays.fill(body, (byte) 0);
                return new Block(label, new byte[0], true);
            }
            if (b != '\n' && b != '\r' && b != ' ' && b != '\t') {
                body[size++] = b;
            }
        }
        byte[] exact = Arrays.copyOf(body, size);
        try {
            return new Block(label, Base64.getDecoder().decode(exact), false);
        } catch (IllegalArgumentException e) {
            throw new Refusal(broken, name + " has a block that is not base64");
        } finally {
            Arrays.fill(body, (byte) 0);
            Arrays.fill(exact, (byte) 0);
        }
    }

    /** A block in the form that BoringSSL reads. The caller wipes it if it is secret. */
    static byte[] write(String label, List<byte[]> ders) {
        List<byte[]> parts = new ArrayList<>();
        for (byte[] der : ders) {
            parts.add(ascii("-----BEGIN " + label + "-----\n"));
            parts.add(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der));
            parts.add(ascii("\n-----END " + label + "-----\n"));
        }
        byte[] text = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, text, at, part.length);
            at += part.length;
            Arrays.fill(part, (byte) 0);
        }
        return text;
    }

    /** Where the line begins that ends the block. */
    private static int find(byte[] text, int from, String label) {
        for (int at = from; at < text.length; at = lineEnd(text, at) + 1) {
            if (label.equals(label(text, at, lineEnd(text, at), END))) {
                return at;
            }
        }
        return -1;
    }

    private static @Nullable String label(byte[] text, int from, int to, byte[] boundary) {
        int end = to;
        while (end > from && (text[end - 1] == '\r' || text[end - 1] == ' ' || text[end - 1] == '\t')) {
            end--;
        }
        int first = from + boundary.length;
        int behind = end - DASHES.length;
        boolean is = behind >= first
                && Arrays.equals(text, from, first, boundary, 0, boundary.length)
                && Arrays.equals(text, behind, end, DASHES, 0, DASHES.length);
        return is ? new String(text, first, behind - first, StandardCharsets.US_ASCII) : null;
    }

    private static int lineEnd(byte[] text, int from) {
        int at = from;
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        return at;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
