package io.fairlead.agent.view;

import io.fairlead.agent.plan.Backend;
import io.fairlead.agent.plan.Explanation;
import io.fairlead.agent.plan.Explanation.Outcome;
import io.fairlead.agent.plan.Flow;
import io.fairlead.runtime.table.StructureWriter;
import io.fairlead.runtime.table.TextTable;
import io.fairlead.runtime.table.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a flow goes and why.
 *
 * <p>Immutable.
 */
public record ExplainView(Flow flow, Explanation explanation) implements View {

    /** The same with one more reason behind the others. */
    public ExplainView withReason(String reason) {
        List<String> reasons = new ArrayList<>(explanation.reasons());
        reasons.add(reason);
        return new ExplainView(flow, new Explanation(explanation.frontend(), explanation.outcome(), reasons));
    }

    @Override
    public void writeText(Appendable out) {
        try {
            out.append(flow.toString()).append('\n');
            for (String reason : explanation.reasons()) {
                out.append("  - ").append(reason).append('\n');
            }
            out.append(verdict()).append('\n');
            if (explanation.outcome() instanceof Outcome.Forward forward) {
                TextTable table = new TextTable()
                        .column("BACKEND")
                        .column("WHERE")
                        .column("PROBABILITY", TextTable.Align.RIGHT)
                        .column("SOURCE");
                for (Backend backend : forward.backends()) {
                    table.row(
                            backend.toString(),
                            backend.where().toString(),
                            String.format(Locale.ROOT, "%.1f %%", probability(forward) * 100),
                            source(forward, backend));
                }
                table.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String verdict() {
        return switch (explanation.outcome()) {
            case Outcome.Forward forward ->
                "=> forwarded to one of " + forward.backends().size() + (forward.masquerade() ? ", masqueraded" : "");
            case Outcome.Reject ignored -> "=> rejected";
            case Outcome.Drop ignored -> "=> dropped";
            case Outcome.Pass ignored -> "=> not touched by Services";
        };
    }

    private static double probability(Outcome.Forward forward) {
        return 1.0 / forward.backends().size();
    }

    private static String source(Outcome.Forward forward, Backend backend) {
        if (!masqueraded(forward, backend)) {
            return "kept";
        }
        return forward.masquerade() ? "becomes this node" : "becomes this node (it reaches itself)";
    }

    private static boolean masqueraded(Outcome.Forward forward, Backend backend) {
        return forward.masquerade() || forward.hairpins().contains(backend);
    }

    @Override
    public void write(StructureWriter out) {
        out.beginObject()
                .member("source", flow.source().toString())
                .member("destination", flow.destination().toString())
                .member("port", flow.port())
                .member("protocol", flow.protocol().lowerName());
        explanation
                .frontend()
                .ifPresent(frontend -> out.member("service", frontend.port().toString())
                        .member("kind", frontend.kind().toString()));
        out.name("reasons").beginArray();
        explanation.reasons().forEach(out::value);
        out.endArray();
        switch (explanation.outcome()) {
            case Outcome.Forward forward -> {
                out.member("verdict", "forward").name("backends").beginArray();
                for (Backend backend : forward.backends()) {
                    out.beginObject()
                            .member("address", backend.address().toString())
                            .member("port", backend.port())
                            .member("local", backend.local())
                            .member("probability", probability(forward))
                            .member("masquerade", masqueraded(forward, backend))
                            .endObject();
                }
                out.endArray();
            }
            case Outcome.Reject ignored -> out.member("verdict", "reject");
            case Outcome.Drop ignored -> out.member("verdict", "drop");
            case Outcome.Pass ignored -> out.member("verdict", "pass");
        }
        out.endObject();
    }
}
