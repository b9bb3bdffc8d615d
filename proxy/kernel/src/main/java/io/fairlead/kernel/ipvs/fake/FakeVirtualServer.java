package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A virtual server of the fake with its real servers, the one that was added last first, as the kernel has them.
 *
 * <p>Guarded by its {@link FakeIpvsKernel}.
 */
final class FakeVirtualServer {

    private VirtualServer declaration;
    private final SequencedMap<RealServerKey, RealServerStatus> real = new LinkedHashMap<>();

    FakeVirtualServer(VirtualServer declaration) {
        this.declaration = declaration;
    }

    VirtualServer declaration() {
        return declaration;
    }

    void change(VirtualServer changed) {
        declaration = changed;
    }

    List<RealServerStatus> realServers() {
        return List.copyOf(real.values());
    }

    boolean has(RealServerKey key) {
        return real.containsKey(key);
    }

    void add(RealServer server, FakeConnections connections) {
        real.putFirst(server.key(), status(server, connections));
    }

    /** Changes one that is there; its connections stay. */
    void change(RealServer server) {
        real.computeIfPresent(
                server.key(),
                (_, old) -> new RealServerStatus(
                        server, old.activeConnections(), old.inactiveConnections(), old.persistentConnections()));
    }

    void setConnections(RealServerKey key, FakeConnections connections) {
        real.computeIfPresent(key, (_, old) -> status(old.server(), connections));
    }

    private static RealServerStatus status(RealServer server, FakeConnections connections) {
        return new RealServerStatus(server, connections.active(), connections.inactive(), connections.persistent());
    }

    /** Takes one away and returns its connections, none if it is not there. */
    FakeConnections remove(RealServerKey key) {
        RealServerStatus old = real.remove(key);
        return old == null
                ? FakeConnections.NONE
                : new FakeConnections(old.activeConnections(), old.inactiveConnections(), old.persistentConnections());
    }
}
