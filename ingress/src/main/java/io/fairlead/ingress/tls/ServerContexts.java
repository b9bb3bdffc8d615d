package io.fairlead.ingress.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslCredential;
import io.netty.handler.ssl.OpenSslCredentialBuilder;
import io.netty.handler.ssl.PemPrivateKey;
import io.netty.handler.ssl.PemX509Certificate;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

/**
 * Makes the context of TLS for a set of certificates, of which BoringSSL or the JDK chooses for each client by what the
 * client supports: signature algorithms, curves, and in TLS 1.2 the ciphers.
 *
 * <p>There is no cache of sessions: clients resume with tickets or not at all. Such a cache would hold up to 20,480
 * sessions for each certificate, and no other replica would have it.
 *
 * <p>Immutable.
 */
final class ServerContexts {

    private final TlsSettings settings;
    private final ApplicationProtocolConfig protocols;

    ServerContexts(TlsSettings settings) {
        this.settings = settings;
        protocols = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                settings.http2()
                        ? List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1)
                        : List.of(ApplicationProtocolNames.HTTP_1_1));
    }

    /**
     * Makes a context, of which the caller is the owner.
     *
     * @param certificates of different types of key, the preferred one first
     * @param sessions those of contexts with other bytes are not resumed
     * @throws IllegalStateException if the provider does not take a certificate; it names the certificate's hosts
     */
    SslContext create(List<ServerCertificate> certificates, byte[] sessions, TicketKeys keys) {
        try {
            if (settings.provider() == TlsSettings.Provider.JDK) {
                return common(SslContextBuilder.forServer(jdkKeys(certificates)), SslProvider.JDK)
                        .build();
            }
            ReferenceCountedOpenSslServerContext context = openSsl(certificates);
            context.sessionContext().setSessionIdContext(sessions);
            context.sessionContext().setSessionCacheEnabled(false);
            renew(context, keys);
            return context;
        } catch (GeneralSecurityException | IOException | IllegalStateException e) {
            throw new IllegalStateException("context of TLS with " + certificates, e);
        }
    }

    /** Sets other ticket keys. The JDK offers no way to, and keeps those that it made for itself. */
    void renew(SslContext context, TicketKeys keys) {
        if (settings.tickets() && context instanceof ReferenceCountedOpenSslContext openSsl) {
            openSsl.sessionContext().setTicketKeys(keys.keys());
        }
    }

    private SslContextBuilder common(SslContextBuilder builder, SslProvider provider) {
        return builder.sslProvider(provider)
                .protocols(settings.policy().versions())
                .ciphers(settings.policy().ciphers())
                .applicationProtocolConfig(protocols);
    }

    private ReferenceCountedOpenSslServerContext openSsl(List<ServerCertificate> certificates) throws SSLException {
        SslContextBuilder builder = common(
                        SslContextBuilder.forServer(new CredentialKeys()), SslProvider.OPENSSL_REFCNT)
                .trustManager(NobodyTrusted.FACTORY)
                .option(OpenSslContextOption.GROUPS, TlsPolicy.groups())
                .option(OpenSslContextOption.USE_TASKS, false);
        OpenSslCredential[] credentials = new OpenSslCredential[certificates.size()];
        int made = 0;
        try {
            for (ServerCertificate certificate : certificates) {
                credentials[made++] = credential(certificate);
            }
            return (ReferenceCountedOpenSslServerContext)
                    builder.addCredentials(credentials).build();
        } finally {
            for (OpenSslCredential credential : credentials) {
                if (credential != null) {
                    credential.release();
                }
            }
        }
    }

    /** Gives BoringSSL the encoded forms: what the JDK would make of them is not needed. */
    private static OpenSslCredential credential(ServerCertificate certificate) {
        byte[] key = Pem.write("PRIVATE KEY", List.of(certificate.pkcs8()));
        try {
            return OpenSslCredentialBuilder.forX509(
                            PemPrivateKey.valueOf(key),
                            PemX509Certificate.valueOf(Pem.write("CERTIFICATE", certificate.chain())))
                    .build();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static KeyManagerFactory jdkKeys(List<ServerCertificate> certificates)
            throws GeneralSecurityException, IOException {
        char[] password = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (ServerCertificate certificate : certificates) {
            Certificate[] chain = new Certificate[certificate.chain().size()];
            for (int i = 0; i < chain.length; i++) {
                chain[i] = factory.generateCertificate(
                        new ByteArrayInputStream(certificate.chain().get(i)));
            }
            PrivateKey key = KeyFactory.getInstance(certificate.keyType().algorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(certificate.pkcs8()));
            store.setKeyEntry(certificate.keyType().name(), key, password, chain);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        return keys;
    }
}
