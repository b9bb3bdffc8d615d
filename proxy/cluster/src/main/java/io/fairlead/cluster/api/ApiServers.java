package io.fairlead.cluster.api;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses at which the API can be asked: those that were configured, then those that the cluster names itself. All
 * requests go to one of them until it fails.
 *
 * <p>Thread-safe.
 */
public final class ApiServers {

    private final List<String> configured;
    private List<String> all;
    private String current;

    /** @param configured base URLs, at least one, the preferred one first */
    ApiServers(List<String> configured) {
        this.configured = configured.stream().map(ApiServers::withoutSlash).toList();
        this.all = this.configured;
        this.current = this.configured.getFirst();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /**
     * The cluster says where its API servers are. They are asked when no configured one answers; and at once if what was
     * configured is a Service, because whoever routes Services must not need one to learn of them.
     *
     * @param found base URLs; those without TLS are left out, since a token is not sent to where nobody proves who it is
     * @param services hosts that are addresses of the API's own Service
     */
    public synchronized void learn(List<String> found, Set<String> services) {
        List<String> direct = new ArrayList<>();
        List<String> routed = new ArrayList<>();
        configured.forEach(url -> (services.contains(host(url)) ? routed : direct).add(url));
        if (configured.stream().allMatch(url -> url.startsWith("https://"))) {
            found.stream().filter(url -> url.startsWith("https://")).forEach(direct::add);
        }
        direct.addAll(routed);
        all = List.copyOf(new LinkedHashSet<>(direct));
        if (!all.contains(current) || routed.contains(current)) {
            current = all.getFirst();
        }
    }

    /** The host of a base URL as addresses are written, without the brackets of IPv6; empty if there is none. */
    private static String host(String url) {
        String host = URI.create(url).getHost();
        return host == null ? "" : host.replaceAll("[\\[\\]]", "");
    }

    /** The base URL to ask, without a slash at its end. */
    public synchronized String current() {
        return current;
    }

    /** This one did not answer: the next one is asked from here on. */
    synchronized void failed(String url) {
        if (url.equals(current)) {
            current = all.get((all.indexOf(url) + 1) % all.size());
        }
    }

    /** How many there are. */
    public synchronized int count() {
        return all.size();
    }
}
