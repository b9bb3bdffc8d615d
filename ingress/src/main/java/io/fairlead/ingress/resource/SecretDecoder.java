package io.fairlead.ingress.resource;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Decodes {@code v1 Secret}. Its messages are its own, since those of {@link Field} quote the value.
 *
 * <p>Thread-safe: it has no state.
 */
final class SecretDecoder {

    /** Limit of the API for all values of a Secret. */
    private static final int BYTES_MAX = 1 << 20;

    private SecretDecoder() {}

    static Optional<Secret> decode(ObjectName name, Field object) {
        Secret secret = new Secret(name, value(object, "tls.crt"), value(object, "tls.key"), value(object, "ca.crt"));
        return Optional.of(secret);
    }

    /** {@code stringData} comes first, as in the API; only manifests have it. */
    private static PrivateBytes value(Field object, String key) {
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
