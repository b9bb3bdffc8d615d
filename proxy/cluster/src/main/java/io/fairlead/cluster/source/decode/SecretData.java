package io.fairlead.cluster.source.decode;

import io.fairlead.cluster.model.PrivateBytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Decodes values of a {@code v1 Secret}. Its messages are its own, since those of {@link Field} quote the value.
 *
 * <p>Thread-safe: it has no state.
 */
public final class SecretData {

    /** Limit of the API for all values of a Secret. */
    private static final int BYTES_MAX = 1 << 20;

    private SecretData() {}

    /**
     * The value of a key, empty when absent. {@code stringData} comes first, as in the API; only manifests have it.
     *
     * @throws InvalidInput if it is not base64, or too long
     */
    public static PrivateBytes value(Field object, String key) {
        Field plain = entry(object.at("stringData"), key);
        byte[] bytes = plain.isPresent()
                ? text(plain).getBytes(StandardCharsets.UTF_8)
                : decoded(entry(object.at("data"), key));
        if (bytes.length > BYTES_MAX) {
            throw plain.error("is longer than " + BYTES_MAX + " bytes");
        }
        return PrivateBytes.of(bytes);
    }

    private static Field entry(Field data, String key) {
        return switch (data.tree()) {
            case Tree.Mapping ignored -> data.at(key);
            case Tree.Nothing ignored -> data.at(key);
            default -> throw data.error("is not a mapping");
        };
    }

    private static byte[] decoded(Field value) {
        String text = value.isPresent() ? text(value) : "";
        try {
            // Line breaks may be in it, as the API server has it (Go's encoding/base64).
            return Base64.getDecoder().decode(text.replace("\n", "").replace("\r", ""));
        } catch (IllegalArgumentException e) {
            throw notBase64(value);
        }
    }

    private static InvalidInput notBase64(Field value) {
        return value.error("is not base64");
    }

    private static String text(Field value) {
        if (!(value.tree() instanceof Tree.Text(String text, int _))) {
            throw value.error("is not a string");
        }
        if (text.length() > 2 * BYTES_MAX) {
            throw value.error("is longer than " + BYTES_MAX + " bytes");
        }
        return text;
    }
}
