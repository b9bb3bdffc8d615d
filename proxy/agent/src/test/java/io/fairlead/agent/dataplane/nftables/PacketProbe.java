package io.fairlead.agent.dataplane.nftables;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftTracer;
import java.net.InetAddress;
import java.util.TreeSet;

/**
 * Says where TCP connections go in a fake kernel, as node-1 of the address plan sees them.
 *
 * <p>Confined to the test thread.
 */
public final class PacketProbe {

    private final FakeNftKernel kernel;

    public PacketProbe(FakeNftKernel kernel) {
        this.kernel = kernel;
    }

    private static InetAddress inet(String address) {
        return IpBytes.address(IpAddress.parse(address).toBytes());
    }

    private static final TracedNode NODE = new TracedNode() {
        @Override
        public boolean isLocal(InetAddress address) {
            return address.equals(inet("192.168.0.1")) || address.equals(inet("fd00:c0a8::1"));
        }

        @Override
        public String outInterface(InetAddress destination) {
            return "eth0";
        }

        @Override
        public InetAddress masqueradeAddress(InetAddress destination) {
            return destination.getAddress().length == IpBytes.IPV4_BYTES ? inet("192.168.0.1") : inet("fd00:c0a8::1");
        }
    };

    private static TracedPacket packet(String source, String destination, int port) {
        boolean own = NODE.isLocal(inet(source));
        return new TracedPacket(
                own ? "" : "eth0", Protocol.TCP.number(), inet(source), 40_000, inet(destination), port);
    }

    /** Where a TCP connection may go, sorted: {@code 10.180.0.1 10.180.0.2*}, a star for masqueraded. */
    public String outcomes(String source, String destination, int port) {
        TreeSet<String> outcomes = new TreeSet<>();
        new NftTracer(kernel, NODE)
                .traceAll(packet(source, destination, port))
                .forEach(trace -> outcomes.add(text(trace.outcome())));
        return String.join(" ", outcomes);
    }

    /** Where one TCP connection goes; records are written. */
    public String connect(String source, String destination, int port, int random) {
        Trace trace = new NftTracer(kernel, NODE).trace(packet(source, destination, port), modulus -> random % modulus);
        return text(trace.outcome());
    }

    private static String text(Trace.Outcome outcome) {
        return switch (outcome) {
            case Trace.Dropped _ -> "drop";
            case Trace.Rejected _ -> "reject";
            case Trace.Delivered delivered ->
                delivered.translated()
                        ? IpAddress.ofBytes(delivered.destination().getAddress()) + (delivered.masqueraded() ? "*" : "")
                        : "pass";
        };
    }
}
