package io.fairlead.cluster.source;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the API server is and how to be let in. Errors name the file or variable; no message holds a credential.
 *
 * <p>Immutable.
 */
public final class KubernetesAccess {

    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Config config;

    private KubernetesAccess(Config config) {
        this.config = config;
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
        return new KubernetesAccess(read(file));
    }

    /** The same, but at another server; throws the same. */
    public static KubernetesAccess kubeconfig(Path file, String server) {
        Config config = read(file);
        config.setMasterUrl(server);
        return new KubernetesAccess(config);
    }

    private static Config read(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("kubeconfig " + file + ": no such file, or not readable");
        }
        try {
            return Config.fromKubeconfig(file.toFile());
        } catch (RuntimeException e) {
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
        Map<String, String> environment = System.getenv();
        if (environment.containsKey("KUBERNETES_SERVICE_HOST") && Files.exists(SERVICE_ACCOUNT.resolve("token"))) {
            return inCluster(environment, SERVICE_ACCOUNT);
        }
        for (String file : Config.getKubeconfigFilenames()) {
            if (Files.isReadable(Path.of(file))) {
                return kubeconfig(Path.of(file));
            }
        }
        throw new IllegalArgumentException(
                "no API server: not inside of a cluster, and no kubeconfig in " + Config.getKubeconfigFilenames());
    }

    static KubernetesAccess inCluster(Map<String, String> environment, Path serviceAccount) {
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        Config config = Config.empty();
        config.setMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
        config.setCaCertFile(serviceAccount.resolve("ca.crt").toString());
        return withTokenFile(config, serviceAccount.resolve("token"));
    }

    /** The token is read for each request: the kubelet replaces it about every hour. */
    static KubernetesAccess withTokenFile(Config config, Path token) {
        config.setOauthTokenProvider(() -> {
            try {
                return Files.readString(token).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return new KubernetesAccess(config);
    }

    /** Without credentials. */
    public static KubernetesAccess plain(String url) {
        Config config = Config.empty();
        config.setMasterUrl(url);
        return new KubernetesAccess(config);
    }

    Config config() {
        return config;
    }
}
