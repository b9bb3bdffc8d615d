package io.fairlead.ingress.tls.backend;

import io.fairlead.ingress.tls.TlsPolicy;
import io.fairlead.ingress.tls.TlsSettings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A context of Netty that is released when nobody can make a connection with it any more; each connection holds a
 * reference of its own. There are few of them: one for each authority and protocol.
 *
 * <p>Thread-safe.
 */
final class ClientContext {

    private static final Cleaner CLEANER = Cleaner.create();

    private final SslContext netty;

    ClientContext(X509ExtendedTrustManager trust, boolean http2, TlsSettings.Provider provider) {
        try {
            netty = SslContextBuilder.forClient()
                    .sslProvider(
                            provider == TlsSettings.Provider.BORINGSSL ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                    .trustManager(trust)
                    .endpointIdentificationAlgorithm("")
                    .protocols(TlsPolicy.INTERMEDIATE.versions())
                    .ciphers(TlsPolicy.INTERMEDIATE.ciphers())
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            protocol(http2)))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("context of TLS with backends", e);
        }
        CLEANER.register(this, release(netty));
    }

    /** Not a lambda of the constructor, which would hold on to what is to become unreachable. */
    private static Runnable release(SslContext context) {
        return () -> ReferenceCountUtil.release(context);
    }

    static String protocol(boolean http2) {
        return http2 ? ApplicationProtocolNames.HTTP_2 : ApplicationProtocolNames.HTTP_1_1;
    }

    SslContext netty() {
        return netty;
    }
}
