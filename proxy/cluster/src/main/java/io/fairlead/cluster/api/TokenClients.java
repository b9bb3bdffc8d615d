package io.fairlead.cluster.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * HTTP clients for who has a token, or nothing, and trusts the authority that the configuration names and no other. The
 * client library would trust whatever authorities the JVM does, too, and read all of these at an agent's start.
 *
 * <p>Thread-safe, since it has no state.
 */
final class TokenClients {

    private TokenClients() {}

    /**
     * Reads whom to trust.
     *
     * @param config with a token or a provider of tokens, and a certificate authority as a file or in base64, or without
     * @throws IllegalArgumentException if the certificate authority cannot be read
     */
    static HttpClient.Builder builder(Config config) {
        HttpClient.Builder builder = new JdkHttpClientFactory().newBuilder();
        builder.connectTimeout(config.getConnectionTimeout(), TimeUnit.MILLISECONDS);
        builder.sslContext(null, trusted(config));
        // How often it tries again by itself.
        builder.tag(config.getRequestConfig());
        return builder.addOrReplaceInterceptor("credentials", new Interceptor() {
            @Override
            public void before(BasicBuilder request, HttpRequest before, RequestTags tags) {
                request.setHeader("User-Agent", config.getUserAgent());
                token(config).ifPresent(token -> request.setHeader("Authorization", "Bearer " + token));
            }
        });
    }

    private static Optional<String> token(Config config) {
        OAuthTokenProvider provider = config.getOauthTokenProvider();
        return Optional.ofNullable(provider == null ? config.getOauthToken() : provider.getToken());
    }

    /** Nobody named: whom the JVM trusts. */
    private static TrustManager @Nullable [] trusted(Config config) {
        String data = config.getCaCertData();
        String file = config.getCaCertFile();
        if (data == null && file == null) {
            return null;
        }
        try (InputStream pem = data == null
                ? Files.newInputStream(Path.of(file))
                : new ByteArrayInputStream(Base64.getDecoder().decode(data))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority-" + store.size(), each);
            }
            if (store.size() == 0) {
                throw new IOException("no certificate in it");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            String where = data == null ? file : "in the kubeconfig";
            throw new IllegalArgumentException("certificate authority " + where + ": " + e.getMessage(), e);
        }
    }
}
