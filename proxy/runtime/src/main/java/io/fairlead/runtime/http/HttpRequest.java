package io.fairlead.runtime.http;

import java.util.Map;
import java.util.Optional;

/**
 * A request that was understood: GET, or HEAD or OPTIONS, which are answered as GET is.
 *
 * <p>Immutable.
 *
 * @param path the path as it was sent
 * @param parameters the decoded query
 * @param overIpv6 whether the client spoke to an IPv6 address of ours
 */
public record HttpRequest(String path, Map<String, String> parameters, boolean overIpv6) {

    public HttpRequest {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
