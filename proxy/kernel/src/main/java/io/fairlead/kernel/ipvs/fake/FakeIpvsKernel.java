package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Faults.Call;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The IPVS of one pretended network namespace; {@link #open} gives sockets that share it.
 *
 * <p>Obeys net/netfilter/ipvs/ip_vs_ctl.c. Where kernels differ, it refuses what any of them refuses. It knows nothing of
 * the node's addresses: broadcast addresses of links, which the kernel refuses as real servers, are accepted, and so is
 * IPv4 where loopback never was up. More real servers than the table of {@code mh} has places are accepted, too.
 * Connections come and go only by {@link #setConnections}.
 *
 * <p>Thread-safe: everything is done under the lock of this object, as IPVS has one mutex.
 */
public final class FakeIpvsKernel {

    /** The schedulers of kernel 6.12, and the absence of one. */
    public static final Set<String> SCHEDULERS = Set.of(
            "none", "rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "twos");

    /** Of ip_vs_proto_tcp.c and ip_vs_proto_udp.c. */
    private static final IpvsTimeouts INITIAL_TIMEOUTS = new IpvsTimeouts(15 * 60, 2 * 60, 5 * 60);

    private final Set<String> schedulers;
    private final boolean ipv6;
    private final Map<VirtualServerKey, FakeVirtualServer> servers = new LinkedHashMap<>();
    /** Connections of real servers that were deleted; whoever adds such a one again gets them back. */
    private final Map<FakeDestination, FakeConnections> trash = new LinkedHashMap<>();

    private IpvsTimeouts timeouts = INITIAL_TIMEOUTS;
    private Faults faults = Faults.NONE;
    private Fault next = Fault.NONE;
    private long operations;
    private long reads;

    /** A kernel with all schedulers and both families. */
    public FakeIpvsKernel() {
        this(SCHEDULERS, true);
    }

    /** @param ipv6 false for a kernel without IPv6, or whose IPVS was built without */
    public FakeIpvsKernel(Set<String> schedulers, boolean ipv6) {
        this.schedulers = Set.copyOf(schedulers);
        this.ipv6 = ipv6;
    }

    /** A new socket. */
    public FakeIpvs open() {
        return new FakeIpvs(this);
    }

    /**
     * Messages sent to this kernel since the start, over all sockets, refused ones too.
     *
     * <p>Immutable.
     *
     * @param operations that change something, setting time-outs too
     * @param reads listings, and questions for time-outs
     */
    public record Counts(long operations, long reads) {}

    public synchronized Counts counts() {
        return new Counts(operations, reads);
    }

    /**
     * Lets messages fail from now on. With ENOBUFS the answer is lost, which fails the whole batch at its end; with
     * another errno it is this one operation that is refused.
     */
    public synchronized void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** Lets the next message fail, whatever it is. */
    public synchronized void failNext(int errno) {
        next = Fault.of(errno);
    }

    /**
     * Lets a real server have these connections from now on, also if it was deleted: they end later than it.
     *
     * @throws IllegalArgumentException if there is no such real server, and none was deleted that still had some
     */
    public synchronized void setConnections(
            VirtualServerKey server, RealServerKey real, int active, int inactive, int persistent) {
        FakeConnections connections = new FakeConnections(active, inactive, persistent);
        FakeVirtualServer home = servers.get(server);
        FakeDestination destination = new FakeDestination(server, real);
        if (home != null && home.has(real)) {
            home.setConnections(real, connections);
        } else if (!trash.containsKey(destination)) {
            throw new IllegalArgumentException("no real server " + real + " of virtual server " + server);
        } else if (connections.isNone()) {
            trash.remove(destination);
        } else {
            trash.put(destination, connections);
        }
    }

    /** What {@code ipvsadm --clear} of another process does. */
    public synchronized void clearByOther() {
        List.copyOf(servers.keySet()).forEach(this::remove);
    }

    boolean hasScheduler(String name) {
        return schedulers.contains(name);
    }

    boolean hasIpv6() {
        return ipv6;
    }

    Map<VirtualServerKey, FakeVirtualServer> servers() {
        return servers;
    }

    void add(VirtualServer server) {
        servers.put(server.key(), new FakeVirtualServer(server));
    }

    void remove(VirtualServerKey server) {
        FakeVirtualServer removed = servers.remove(server);
        if (removed != null) {
            for (RealServerStatus status : removed.realServers()) {
                discard(
                        server,
                        status.server().key(),
                        removed.remove(status.server().key()));
            }
        }
    }

    /** Remembers the connections of a real server that was deleted. */
    void discard(VirtualServerKey server, RealServerKey real, FakeConnections connections) {
        if (!connections.isNone()) {
            trash.put(new FakeDestination(server, real), connections);
        }
    }

    /** The connections that a real server still has from before it was deleted. */
    FakeConnections recover(VirtualServerKey server, RealServerKey real) {
        FakeConnections connections = trash.remove(new FakeDestination(server, real));
        return connections == null ? FakeConnections.NONE : connections;
    }

    IpvsTimeouts timeouts() {
        return timeouts;
    }

    void setTimeouts(IpvsTimeouts changed) {
        timeouts = changed;
    }

    /** Counts an operation and says whether it fails. */
    Fault countOperation() {
        return fault(Call.APPLY, ++operations);
    }

    /** Counts a read and says whether it fails. */
    Fault countRead() {
        return fault(Call.READ, ++reads);
    }

    private Fault fault(Call call, long number) {
        Fault single = next;
        next = Fault.NONE;
        return single.fails() ? single : faults.fault(call, number);
    }
}
