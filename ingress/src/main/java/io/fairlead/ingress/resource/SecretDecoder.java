package io.fairlead.ingress.resource;

import io.fairlead.cluster.keys.SharedKeys;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.model.PrivateBytes;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.SecretData;
import io.fairlead.cluster.source.decode.Tree;
import java.util.Optional;

/**
 * Decodes {@code v1 Secret}.
 *
 * <p>Thread-safe: it has no state.
 */
final class SecretDecoder {

    private SecretDecoder() {}

    static Optional<Secret> decode(ObjectName name, Field object) {
        boolean shared =
                object.at("type").tree() instanceof Tree.Text(String type, int _) && type.equals(SharedKeys.TYPE);
        return Optional.of(new Secret(
                name,
                SecretData.value(object, "tls.crt"),
                SecretData.value(object, "tls.key"),
                SecretData.value(object, "ca.crt"),
                shared ? SecretData.value(object, SharedKeys.ENTRY) : PrivateBytes.EMPTY));
    }
}
