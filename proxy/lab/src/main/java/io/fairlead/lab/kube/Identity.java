package io.fairlead.lab.kube;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Whom the API server believes somebody to be, by a token.
 *
 * <p>Immutable.
 *
 * @param token good for one run; no secret unless made by {@link #secret}
 */
public record Identity(String user, String token, List<String> groups) {

    public static final Identity ADMIN = new Identity("lab:admin", "admin-token", List.of("system:masters"));

    private static final int TOKEN_BYTES = 16;

    public Identity {
        groups = List.copyOf(groups);
    }

    /** A user that may do only what RBAC grants it. */
    public static Identity of(String user) {
        return new Identity(user, user.replaceAll("[^a-z0-9]+", "-") + "-token", List.of());
    }

    /** A user in groups, with a token that nobody else knows. */
    static Identity secret(String user, String... groups) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        return new Identity(user, HexFormat.of().formatHex(random), List.of(groups));
    }

    /** A line of the API server's token file. */
    String line() {
        return token + "," + user + "," + user + ",\"" + String.join(",", groups) + "\"\n";
    }
}
