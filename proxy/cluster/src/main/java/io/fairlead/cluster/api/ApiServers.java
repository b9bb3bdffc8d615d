package io.fairlead.cluster.api;

import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses at which the API can be asked: those that were configured, then those that the cluster names itself. All
 * requests go to one of them until it fails. An address of the API's own Service is asked only as long as no server is
 * known that can be asked directly: it leads to the same servers, by rules that whoever asks may have to write first.
 *
 * <p>Thread-safe.
 */
public final class ApiServers {

    private final List<String> configured;
    private List<String> direct;
    private List<String> routed = List.of();
    /** Those whose certificate is not theirs, or not one for such an address. */
    private final Set<String> distrusted = new HashSet<>();

    private String current;

    /** @param configured base URLs, at least one, the preferred one first */
    ApiServers(List<String> configured) {
        this.configured = configured.stream().map(ApiServers::withoutSlash).toList();
        this.direct = this.configured;
        this.current = this.configured.getFirst();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /**
     * The cluster says where its API servers are. They are asked when no configured one answers.
     *
     * @param found base URLs; those without TLS are left out, since a token is not sent to where nobody proves who it is
     * @param services hosts that are addresses of the API's own Service
     */
    public synchronized void learn(List<String> found, Set<String> services) {
        Set<String> servers = new LinkedHashSet<>();
        Set<String> others = new LinkedHashSet<>();
        configured.forEach(url -> (services.contains(host(url)) ? others : servers).add(url));
        if (configured.stream().allMatch(url -> url.startsWith("https://"))) {
            found.stream().filter(url -> url.startsWith("https://")).forEach(servers::add);
        }
        direct = List.copyOf(servers);
        routed = List.copyOf(others);
        distrusted.retainAll(direct);
        if (!usable().contains(current)) {
            current = usable().getFirst();
        }
    }

    /** The host of a base URL as addresses are written, without the brackets of IPv6; empty if there is none. */
    private static String host(String url) {
        String host = URI.create(url).getHost();
        return host == null ? "" : host.replaceAll("[\\[\\]]", "");
    }

    private List<String> usable() {
        List<String> trusted =
                direct.stream().filter(url -> !distrusted.contains(url)).toList();
        if (!trusted.isEmpty()) {
            return trusted;
        }
        return routed.isEmpty() ? direct : routed;
    }

    /** The base URL to ask, without a slash at its end. */
    public synchronized String current() {
        return current;
    }

    /**
     * This one did not answer: the next one is asked from here on.
     *
     * @param untrusted whether it could not prove who it is: it is not asked again while there are others
     */
    synchronized void failed(String url, boolean untrusted) {
        if (untrusted && direct.contains(url)) {
            distrusted.add(url);
        }
        if (url.equals(current)) {
            List<String> usable = usable();
            current = usable.get((usable.indexOf(url) + 1) % usable.size());
        }
    }

    /** How many there are to ask. */
    public synchronized int count() {
        return usable().size();
    }
}
