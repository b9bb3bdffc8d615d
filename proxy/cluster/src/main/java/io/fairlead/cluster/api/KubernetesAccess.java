package io.fairlead.cluster.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the API server is and how to be let in. Errors name the file or variable; no message holds a credential.
 *
 * <p>Thread-safe.
 */
public final class KubernetesAccess {

    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Config config;
    /** Makes HTTP clients for the configuration. */
    private final Function<Config, HttpClient.Builder> clients;

    private final ApiServers servers;

    private KubernetesAccess(Config config, List<String> servers) {
        this(config, TokenClients::builder, servers);
    }

    private KubernetesAccess(Config config, Function<Config, HttpClient.Builder> clients, List<String> servers) {
        this.config = config;
        this.clients = clients;
        this.servers = new ApiServers(servers);
        // Retries are this package's business: they must know what a 410 means.
        config.setRequestRetryBackoffLimit(0);
        config.setUserAgent("fairlead");
    }

    /**
     * As this kubeconfig file says.
     *
     * @throws IllegalArgumentException if the file is missing or cannot be understood
     */
    public static KubernetesAccess kubeconfig(Path file) {
        return read(file, List.of());
    }

    /** The same, but at other servers, the preferred one first; throws the same. */
    public static KubernetesAccess kubeconfig(Path file, List<String> servers) {
        return read(file, servers);
    }

    private static KubernetesAccess read(Path file, List<String> servers) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("kubeconfig " + file + ": no such file, or not readable");
        }
        try {
            Optional<Config> known = Kubeconfig.read(file);
            Config config = known.orElseGet(() -> Config.fromKubeconfig(file.toFile()));
            servers.stream().findFirst().ifPresent(config::setMasterUrl);
            return new KubernetesAccess(
                    config,
                    known.isPresent() ? TokenClients::builder : new JdkHttpClientFactory()::newBuilder,
                    servers.isEmpty() ? List.of(config.getMasterUrl()) : servers);
        } catch (IOException | RuntimeException e) {
            // The client and its parser throw several; their messages may quote the file.
            throw new IllegalArgumentException("kubeconfig " + file + ": cannot be understood");
        }
    }

    /**
     * As the Pod's service account says inside of a cluster, else as {@code KUBECONFIG} or {@code ~/.kube/config} says.
     *
     * @throws IllegalArgumentException if there is neither
     */
    public static KubernetesAccess ambient() {
        if (isInCluster(System.getenv(), SERVICE_ACCOUNT)) {
            return inCluster(System.getenv(), SERVICE_ACCOUNT);
        }
        for (String file : Config.getKubeconfigFilenames()) {
            if (Files.isReadable(Path.of(file))) {
                return kubeconfig(Path.of(file));
            }
        }
        throw new IllegalArgumentException(
                "no API server: not inside of a cluster, and no kubeconfig in " + Config.getKubeconfigFilenames());
    }

    /** The namespace of the Pod that this is; {@code default} outside of a cluster. */
    public static String ownNamespace() {
        return ownNamespace(SERVICE_ACCOUNT);
    }

    static String ownNamespace(Path serviceAccount) {
        try {
            String name = Files.readString(serviceAccount.resolve("namespace")).strip();
            return name.isEmpty() ? "default" : name;
        } catch (IOException e) {
            return "default";
        }
    }

    private static boolean isInCluster(Map<String, String> environment, Path serviceAccount) {
        return environment.containsKey("KUBERNETES_SERVICE_HOST") && Files.exists(serviceAccount.resolve("token"));
    }

    static KubernetesAccess inCluster(Map<String, String> environment, Path serviceAccount) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        String server = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/";
        return inCluster(List.of(server), serviceAccount);
    }

    private static KubernetesAccess inCluster(List<String> servers, Path serviceAccount) {
        Config config = Config.empty();
        config.setMasterUrl(servers.getFirst());
        config.setCaCertFile(serviceAccount.resolve("ca.crt").toString());
        config.setOauthTokenProvider(new TokenFile(serviceAccount.resolve("token")));
        return new KubernetesAccess(config, servers);
    }

    /** With the token that is in a file. */
    public static KubernetesAccess tokenFile(String server, Path token) {
        Config config = Config.empty();
        config.setMasterUrl(server);
        config.setOauthTokenProvider(new TokenFile(token));
        return new KubernetesAccess(config, List.of(server));
    }

    /**
     * At these servers, the preferred one first: with the Pod's service account inside of a cluster if all of them prove
     * who they are, else without credentials.
     */
    public static KubernetesAccess servers(List<String> servers) {
        return servers(servers, System.getenv(), SERVICE_ACCOUNT);
    }

    static KubernetesAccess servers(List<String> servers, Map<String, String> environment, Path serviceAccount) {
        boolean trusted = servers.stream().allMatch(server -> server.startsWith("https://"));
        return trusted && isInCluster(environment, serviceAccount)
                ? inCluster(servers, serviceAccount)
                : plain(servers);
    }

    /** Without credentials; the preferred server first. */
    public static KubernetesAccess plain(List<String> servers) {
        Config config = Config.empty();
        config.setMasterUrl(servers.getFirst());
        return new KubernetesAccess(config, servers);
    }

    /** Where the API is asked. */
    public ApiServers servers() {
        return servers;
    }

    Config config() {
        return config;
    }

    /**
     * Makes HTTP clients that send the credentials.
     *
     * @throws IllegalArgumentException if whom to trust cannot be read
     */
    HttpClient.Builder clients() {
        return clients.apply(config);
    }
}
