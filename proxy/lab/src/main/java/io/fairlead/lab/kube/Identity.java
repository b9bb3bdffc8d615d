package io.fairlead.lab.kube;

import java.util.List;

/**
 * Whom the API server believes somebody to be, by a token.
 *
 * <p>Immutable.
 *
 * @param token no secret: it is good for one run
 */
public record Identity(String user, String token, List<String> groups) {

    public static final Identity ADMIN = new Identity("lab:admin", "admin-token", List.of("system:masters"));

    public Identity {
        groups = List.copyOf(groups);
    }

    /** A user that may do only what RBAC grants it. */
    public static Identity of(String user) {
        return new Identity(user, user.replaceAll("[^a-z0-9]+", "-") + "-token", List.of());
    }

    /** A line of the API server's token file. */
    String line() {
        return token + "," + user + "," + user + ",\"" + String.join(",", groups) + "\"\n";
    }
}
