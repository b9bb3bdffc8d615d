package io.fairlead.bench;

import io.fairlead.bench.process.SyntheticCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The layout of kube-proxy's nftables mode for {@code nft -f}: a chain for each Service and one for each endpoint.
 *
 * <p>Thread-safe: no state of its own.
 */
final class KubeProxyLayout {

    private KubeProxyLayout() {}

    static void write(SyntheticCluster cluster, Path file) {
        try (Writer out = Files.newBufferedWriter(file)) {
            out.write("table ip kube-proxy {\n");
            int services = cluster.size().services();
            for (int service = 0; service < services; service++) {
                for (int endpoint = 0; endpoint < cluster.size().endpointsEach(); endpoint++) {
                    out.write(endpointChain(cluster, service, endpoint));
                }
                out.write(serviceChain(cluster, service));
            }
            out.write("map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; elements = {\n");
            for (int service = 0; service < services; service++) {
                out.write(SyntheticCluster.clusterIp(service) + " . tcp . " + SyntheticCluster.PORT + " : goto service-"
                        + service + ",\n");
            }
            out.write("} }\nchain services { ip daddr . meta l4proto . th dport vmap @service-ips; }\n");
            out.write("chain nat-output { type nat hook output priority -100; jump services; }\n");
            out.write("chain nat-prerouting { type nat hook prerouting priority -100; jump services; }\n}\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String endpointChain(SyntheticCluster cluster, int service, int endpoint) {
        String address = cluster.endpointAddress(service, endpoint).toString();
        return "chain endpoint-" + service + "-" + endpoint + " { ip saddr " + address
                + " meta mark set mark or 0x4000; meta l4proto tcp dnat to " + address + ":"
                + SyntheticCluster.TARGET_PORT + "; }\n";
    }

    private static String serviceChain(SyntheticCluster cluster, int service) {
        int endpoints = cluster.size().endpointsEach();
        StringBuilder chain =
                new StringBuilder("chain service-" + service + " { numgen random mod " + endpoints + " vmap {");
        for (int endpoint = 0; endpoint < endpoints; endpoint++) {
            chain.append(endpoint == 0 ? " " : ", ").append(endpoint).append(" : goto endpoint-");
            chain.append(service).append('-').append(endpoint);
        }
        return chain.append(" }; }\n").toString();
    }
}
