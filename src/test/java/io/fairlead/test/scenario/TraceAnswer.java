package io.fairlead.test.scenario;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Flow;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftTrace;
import io.fairlead.kernel.nft.fake.NftTracer;
import io.fairlead.kernel.nft.fake.TracedNode;
import io.fairlead.kernel.nft.fake.TracedPacket;
import io.fairlead.test.AddressPlan;
import java.net.InetAddress;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * What rendered rules do with a flow, in the words of {@link FlowRow}.
 *
 * <p>Confined to one thread.
 */
public final class TraceAnswer {

    private static final int CLIENT_PORT = 40_000;

    private final NftTracer tracer;

    /** @param nodeAddresses of the node, whenever asked */
    public TraceAnswer(FakeNftKernel kernel, Supplier<Set<IpAddress>> nodeAddresses) {
        this.tracer = new NftTracer(kernel, new TracedNode() {
            @Override
            public boolean isLocal(InetAddress address) {
                return nodeAddresses.get().contains(ip(address));
            }

            @Override
            public String outInterface(InetAddress destination) {
                return AddressPlan.link(ip(destination));
            }

            @Override
            public InetAddress masqueradeAddress(InetAddress destination) {
                return inet(AddressPlan.masqueradeAddress(ip(destination)));
            }
        });
    }

    /** Every outcome with its probability. */
    public SortedMap<String, Double> outcomes(Flow flow) {
        SortedMap<String, Double> outcomes = new TreeMap<>();
        for (NftTrace trace : tracer.traceAll(packet(flow))) {
            outcomes.merge(text(trace.outcome()), trace.probability(), Double::sum);
        }
        return outcomes;
    }

    /** Sends one packet; it leaves its records. */
    public String send(Flow flow, IntUnaryOperator random) {
        return text(tracer.trace(packet(flow), random).outcome());
    }

    /** Rules and elements that matched, for messages. */
    public String matched(Flow flow) {
        StringBuilder text = new StringBuilder();
        for (NftTrace trace : tracer.traceAll(packet(flow))) {
            text.append("\n  ")
                    .append(text(trace.outcome()))
                    .append(": ")
                    .append(String.join("\n    ", trace.matched()));
        }
        return text.toString();
    }

    private static TracedPacket packet(Flow flow) {
        return new TracedPacket(
                flow.arrival(),
                flow.protocol().number(),
                inet(flow.source()),
                CLIENT_PORT,
                inet(flow.destination()),
                flow.port());
    }

    private static String text(NftTrace.Outcome outcome) {
        return switch (outcome) {
            case NftTrace.Delivered delivered
            when delivered.translated() ->
                Addresses.withPort(ip(delivered.destination()), delivered.port())
                        + (delivered.masqueraded() ? FlowRow.MASQUERADED : FlowRow.SOURCE_KEPT);
            case NftTrace.Delivered delivered ->
                delivered.masqueraded() ? FlowRow.PASS + FlowRow.MASQUERADED : FlowRow.PASS;
            case NftTrace.Dropped() -> FlowRow.DROP;
            case NftTrace.Rejected() -> FlowRow.REJECT;
        };
    }

    private static IpAddress ip(InetAddress address) {
        return IpAddress.ofBytes(address.getAddress());
    }

    private static InetAddress inet(IpAddress address) {
        return IpBytes.address(address.toBytes());
    }
}
