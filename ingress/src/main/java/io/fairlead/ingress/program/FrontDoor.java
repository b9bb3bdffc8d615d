package io.fairlead.ingress.program;

import io.fairlead.ingress.handover.SocketOffer;
import io.fairlead.ingress.handover.TakenSockets;
import io.fairlead.ingress.proxy.Listener;
import io.fairlead.ingress.proxy.ProxyServer;
import io.fairlead.ingress.tls.ServerTls;
import io.fairlead.ingress.upstream.UpstreamGroup;
import io.fairlead.runtime.http.ListenException;
import io.fairlead.runtime.options.Arguments;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come in, from the opening to the end.
 *
 * <p>It opens on the sockets of the process before, if one runs on this node and offers them, and offers its own to the
 * next one. It closes in steps: it is said to be not ready, open connections are sent away while new ones are still
 * served until load balancers know, or not at all if another process serves: the next one, or still the one before. Then
 * nobody is let in, and what is open may end.
 *
 * <p>Thread-safe.
 */
final class FrontDoor {

    private static final Logger LOG = System.getLogger(FrontDoor.class.getName());
    private static final String OFFER = "ingress.handover";

    private final Arguments arguments;
    private final ProxyServer server;
    private final ServerTls<UpstreamGroup> tls;
    private volatile boolean ready;
    private volatile boolean succeeded;

    @Nullable
    private volatile TakenSockets taken;

    @Nullable
    private volatile SocketOffer offer;

    FrontDoor(Arguments arguments, ProxyServer server, ServerTls<UpstreamGroup> tls) {
        this.arguments = arguments;
        this.server = server;
        this.tls = tls;
    }

    /** Whether clients should come. */
    boolean isReady() {
        return ready;
    }

    /** Whether another process lets clients in beside this one, on the same sockets. */
    boolean hasSuccessor() {
        SocketOffer made = offer;
        return made != null && made.hasSuccessor();
    }

    /**
     * Lets clients in.
     *
     * @throws ListenException if an address is somebody else's
     */
    void open() {
        Path run = arguments.value(IngressOptions.RUN_DIR);
        Optional<TakenSockets> before =
                server.canHandOver() ? Optional.of(TakenSockets.from(run.resolve(OFFER))) : Optional.empty();
        boolean proxyProtocol = arguments.value(IngressOptions.PROXY_PROTOCOL);
        arguments
                .value(IngressOptions.HTTP)
                .ifPresent(address -> listen("HTTP", Listener.plain(address, proxyProtocol), before));
        arguments
                .value(IngressOptions.HTTPS)
                .ifPresent(address -> listen("HTTPS", Listener.secure(address, proxyProtocol, tls), before));
        before.ifPresent(sockets -> {
            sockets.serving();
            taken = sockets;
            offer(run);
        });
        ready = true;
        LOG.log(Level.INFO, "ready");
    }

    private void listen(String what, Listener listener, Optional<TakenSockets> before) {
        InetSocketAddress bound = before.flatMap(sockets -> sockets.find(listener.address()))
                .map(socket -> {
                    LOG.log(Level.INFO, "{0} is taken over from the process before", what);
                    return server.listen(listener, socket);
                })
                .orElseGet(() -> server.listen(listener));
        LOG.log(Level.INFO, "{0} at {1}", what, NetUtil.toSocketAddressString(bound));
    }

    private void offer(Path run) {
        try {
            Files.createDirectories(run);
            offer = SocketOffer.at(run.resolve(OFFER), server::sockets);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "no other process can take over these sockets: {0}", e.toString());
        }
    }

    /** Whether another process serves in the place of this one, which ends. */
    boolean isSucceeded() {
        return succeeded;
    }

    /** No client should come any more, and those that are there are sent away as their requests end. */
    void sendAway() {
        ready = false;
        server.sendAway();
        TakenSockets before = taken;
        SocketOffer made = offer;
        Duration longest = arguments.value(IngressOptions.SHUTDOWN_DELAY);
        if (made != null) {
            succeeded = (before != null && before.isPredecessorServing()) || made.awaitSuccessor(longest);
            LOG.log(
                    Level.INFO,
                    succeeded ? "another process serves in this one's place" : "no more clients are let in");
            // At once: nobody may take sockets that are about to close, or give its place back to this process.
            made.close();
        } else {
            await(longest);
        }
        if (before != null) {
            before.close();
        }
    }

    private static void await(Duration time) {
        try {
            // Nothing can end the wait.
            new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets nobody in, and waits until connections ended. */
    void close() {
        server.drain(arguments.value(IngressOptions.DRAIN));
    }
}
