package io.fairlead.runtime.http;

import java.util.Map;
import java.util.Optional;

/**
 * A GET request that was understood.
 *
 * <p>Immutable.
 *
 * @param path the path as it was sent, which is one of the server's
 * @param parameters the decoded query
 */
public record HttpRequest(String path, Map<String, String> parameters) {

    public HttpRequest {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
