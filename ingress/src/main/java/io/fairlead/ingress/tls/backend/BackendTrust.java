package io.fairlead.ingress.tls.backend;

import io.fairlead.ingress.tls.DnsNames;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Believes a backend whose chain an authority signed and whose certificate has the connection's server name among its
 * alternative names (RFC 9525: neither its common name counts nor an address). The JDK's own check of names would accept
 * both.
 *
 * <p>Thread-safe.
 */
final class BackendTrust extends X509ExtendedTrustManager {

    private final @Nullable X509TrustManager chains;

    private BackendTrust(@Nullable X509TrustManager chains) {
        this.chains = chains;
    }

    /** Believes anybody. */
    static BackendTrust unverified() {
        return new BackendTrust(null);
    }

    /** @param authorities nothing for those of the platform */
    static BackendTrust of(@Nullable KeyStore authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(authorities);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager chains) {
                    return new BackendTrust(chains);
                }
            }
            throw new IllegalStateException("the JDK has no trust manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("authorities of backends", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (chains == null) {
            return;
        }
        chains.checkServerTrusted(chain, type);
        @Nullable String name = engine.getPeerHost();
        if (name == null || !hasName(chain[0], name)) {
            throw new CertificateException("the backend's certificate is not for " + name);
        }
    }

    private static boolean hasName(X509Certificate certificate, String name) throws CertificateException {
        byte[] alternatives = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
        try {
            return alternatives != null
                    && DnsNames.of(GeneralNames.getInstance(JcaX509ExtensionUtils.parseExtensionValue(alternatives)))
                            .cover(name);
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle throws whatever its casts throw at what is malformed.
            throw new CertificateException("the backend's certificate has malformed names", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw withoutEngine();
    }

    private static CertificateException withoutEngine() {
        return new CertificateException("only backends are believed, and only by a connection of Netty");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
