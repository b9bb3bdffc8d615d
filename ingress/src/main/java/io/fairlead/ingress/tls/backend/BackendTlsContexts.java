package io.fairlead.ingress.tls.backend;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.route.policy.BackendConnection;
import io.fairlead.ingress.route.policy.BackendTls;
import io.fairlead.ingress.tls.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds or makes the TLS for a group of backends. Groups with the same authority and protocol share a context, whatever
 * their names; with the same bytes of an authority, it is the same one, and with others another one. What no group
 * uses any more goes by itself.
 *
 * <p>Confined to the thread that translates the cluster into routes; what it returns may be used by any.
 */
public final class BackendTlsContexts {

    private static final int AUTHORITY_BYTES_MAX = 1 << 20;
    private static final int AUTHORITIES_MAX = 1_000;

    private final TlsSettings.Provider provider;
    private final Map<Key, WeakReference<ClientContext>> contexts = new HashMap<>();

    /**
     * What makes two contexts the same.
     *
     * <p>Immutable.
     *
     * @param trust a kind, or the digest of an authority's bytes
     */
    private record Key(String trust, boolean http2) {}

    public BackendTlsContexts(TlsSettings.Provider provider) {
        this.provider = provider;
    }

    /**
     * The TLS of a group.
     *
     * @param connection one whose protocol has TLS
     * @param authorities gives {@code ca.crt} of a Secret, in PEM; nothing if it is not there
     */
    public BackendTlsResult of(BackendConnection connection, Function<ObjectName, byte @Nullable []> authorities) {
        boolean http2 = connection.protocol().http2();
        return switch (connection.tls()) {
            case BackendTls.Off ignored -> throw new IllegalArgumentException("a connection without TLS");
            case BackendTls.Unverified unverified ->
                usable(new Key("unverified", http2), BackendTrust::unverified, unverified.serverName());
            case BackendTls.Verified verified ->
                switch (verified.authority()) {
                    case BackendTls.Authority.WellKnown ignored ->
                        usable(new Key("well-known", http2), () -> BackendTrust.of(null), verified.serverName());
                    case BackendTls.Authority.OfSecret of ->
                        ofSecret(of.secret(), authorities.apply(of.secret()), http2, verified.serverName());
                };
        };
    }

    private BackendTlsResult ofSecret(ObjectName secret, byte @Nullable [] pem, boolean http2, String serverName) {
        if (pem == null) {
            return new BackendTlsResult.Refused(
                    "Secret " + secret + " with the authority of backends, or its ca.crt," + " is not there");
        }
        if (pem.length > AUTHORITY_BYTES_MAX) {
            return new BackendTlsResult.Refused("ca.crt of Secret " + secret + " is larger than 1 MiB");
        }
        try {
            KeyStore store = store(pem);
            return store.size() == 0
                    ? new BackendTlsResult.Refused("ca.crt of Secret " + secret + " holds no certificate in PEM")
                    : usable(new Key(digest(pem), http2), () -> BackendTrust.of(store), serverName);
        } catch (GeneralSecurityException | IOException e) {
            return new BackendTlsResult.Refused(
                    "ca.crt of Secret " + secret + " is not a list of at most " + AUTHORITIES_MAX + " certificates");
        }
    }

    private static KeyStore store(byte[] pem) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> certificates =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
        if (certificates.size() > AUTHORITIES_MAX) {
            throw new IOException("too many");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (Certificate certificate : certificates) {
            store.setCertificateEntry(String.valueOf(store.size()), certificate);
        }
        return store;
    }

    private BackendTlsResult usable(Key key, Supplier<BackendTrust> trust, String serverName) {
        WeakReference<ClientContext> known = contexts.get(key);
        ClientContext context = known != null ? known.get() : null;
        if (context == null) {
            contexts.values().removeIf(reference -> reference.refersTo(null));
            context = new ClientContext(trust.get(), key.http2(), provider);
            contexts.put(key, new WeakReference<>(context));
        }
        return new BackendTlsResult.Usable(new BackendTlsClient(context, serverName, key.http2()));
    }

    private static String digest(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
