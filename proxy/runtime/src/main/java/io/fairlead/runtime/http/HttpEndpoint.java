package io.fairlead.runtime.http;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;

/** Where a server listens. Immutable. */
public sealed interface HttpEndpoint {

    /**
     * A TCP address. Immutable.
     *
     * @param address a resolved address; port 0 takes a free one
     * @param hosts the names and addresses that a Host header may show, without port and in lower case, so that a web
     *     page cannot reach us by a name that it lets point here (DNS rebinding); empty allows any
     */
    record Tcp(InetSocketAddress address, Set<String> hosts) implements HttpEndpoint {
        public Tcp {
            hosts = Set.copyOf(hosts);
        }

        @Override
        public String toString() {
            return address.getAddress() == null
                    ? address.toString()
                    : address.getAddress().getHostAddress() + " port " + address.getPort();
        }
    }

    /**
     * A unix-domain socket, which only the user that runs the process can open (mode 0600). Immutable.
     *
     * @param socket its path; the file name with {@code .lock} in place of {@code .sock} is locked while it is served
     */
    record Unix(Path socket) implements HttpEndpoint {
        @Override
        public String toString() {
            return socket.toString();
        }
    }
}
