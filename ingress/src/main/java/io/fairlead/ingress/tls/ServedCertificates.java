package io.fairlead.ingress.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a host, one for each type of key, with the context of TLS that all their connections share.
 *
 * <p>The context is made when the first client comes, since BoringSSL takes half a millisecond to make one and nine
 * kilobytes to keep it, and lives until this is retired and the last of its connections is closed: each connection holds
 * a reference to it, and this one more.
 *
 * <p>Thread-safe.
 */
final class ServedCertificates {

    private static final System.Logger LOG = System.getLogger(ServedCertificates.class.getName());

    /** How many hosts have them; guarded by their owner's monitor. */
    int users;

    private final Key key;
    private final byte[] sessions;
    private final ServerContexts contexts;
    private final Supplier<TicketKeys> keys;
    private final boolean tickets;
    private volatile @Nullable SslContext context;
    private boolean retired;

    ServedCertificates(Key key, ServerContexts contexts, boolean tickets, Supplier<TicketKeys> keys) {
        this.key = key;
        sessions = key.digest();
        this.contexts = contexts;
        this.tickets = tickets;
        this.keys = keys;
    }

    /**
     * What makes two sets the same.
     *
     * <p>Immutable.
     */
    record Key(List<ServerCertificate> certificates) {

        /** The first for each type of key, in the order of types, and so in the same order for the same certificates. */
        static Key of(List<ServerCertificate> all) {
            if (all.size() == 1) {
                return new Key(all);
            }
            Map<KeyType, ServerCertificate> byType = new EnumMap<>(KeyType.class);
            all.forEach(certificate -> byType.putIfAbsent(certificate.keyType(), certificate));
            return new Key(List.copyOf(byType.values()));
        }

        byte[] digest() {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                certificates.forEach(certificate -> sha256.update(certificate.digest()));
                return sha256.digest();
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    List<ServerCertificate> certificates() {
        return key.certificates();
    }

    Key key() {
        return key;
    }

    /** Hot path: whether one of the certificates has this name. */
    boolean cover(byte[] host, int from, int to) {
        List<ServerCertificate> certificates = key.certificates();
        for (int i = 0; i < certificates.size(); i++) {
            if (certificates.get(i).names().cover(host, from, to)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A handler for one more connection; nothing if this was retired meanwhile, and another table is there, or if the
     * provider of TLS takes none of what the JDK could read, which is logged once.
     */
    @Nullable
    SslHandler newHandler(ByteBufAllocator allocator) {
        SslContext shared = context;
        if (shared == null) {
            shared = create();
        }
        if (shared == null) {
            return null;
        }
        try {
            SslHandler handler = shared.newHandler(allocator);
            if (!tickets) {
                refuseTickets(handler);
            }
            return handler;
        } catch (IllegalReferenceCountException e) {
            return null;
        }
    }

    private synchronized @Nullable SslContext create() {
        if (context == null && !retired) {
            try {
                context = contexts.create(key.certificates(), sessions, keys.get());
            } catch (IllegalStateException e) {
                retired = true;
                LOG.log(System.Logger.Level.ERROR, "Connections are refused: " + e.getMessage(), e);
            }
        }
        return context;
    }

    /** Netty gives a context no way to keep BoringSSL from sending tickets of TLS 1.3, with keys of its own then. */
    private static void refuseTickets(SslHandler handler) {
        if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
    }

    /** Takes other ticket keys, those that the supplier gives by now. */
    synchronized void renewKeys() {
        if (context != null) {
            contexts.renew(context, keys.get());
        }
    }

    /** No new connection gets these certificates from here on. Those that are open keep their context. */
    synchronized void retire() {
        retired = true;
        ReferenceCountUtil.release(context);
        context = null;
    }

    /** For tests: the context, if there is one. */
    @Nullable
    SslContext context() {
        return context;
    }
}
