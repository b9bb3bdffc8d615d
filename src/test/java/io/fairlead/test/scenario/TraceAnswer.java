package io.fairlead.test.scenario;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.agent.plan.Flow;
import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.fake.Tracer;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What rendered rules do with a flow, in the words of {@link FlowRow}.
 *
 * <p>Confined to one thread.
 */
final class TraceAnswer {

    private static final int CLIENT_PORT = 40_000;

    private final Tracer tracer;

    TraceAnswer(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Every outcome with its probability. */
    public SortedMap<String, Double> outcomes(Flow flow) {
        SortedMap<String, Double> outcomes = new TreeMap<>();
        for (Trace trace : tracer.traceAll(packet(flow))) {
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
        for (Trace trace : tracer.traceAll(packet(flow))) {
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
                AddressPlanNode.inet(flow.source()),
                CLIENT_PORT,
                AddressPlanNode.inet(flow.destination()),
                flow.port());
    }

    private static String text(Trace.Outcome outcome) {
        return switch (outcome) {
            case Trace.Delivered delivered
            when delivered.translated() ->
                Addresses.withPort(AddressPlanNode.ip(delivered.destination()), delivered.port())
                        + (delivered.masqueraded() ? FlowRow.MASQUERADED : FlowRow.SOURCE_KEPT);
            case Trace.Delivered delivered ->
                delivered.masqueraded() ? FlowRow.PASS + FlowRow.MASQUERADED : FlowRow.PASS;
            case Trace.Dropped() -> FlowRow.DROP;
            case Trace.Rejected() -> FlowRow.REJECT;
        };
    }
}
