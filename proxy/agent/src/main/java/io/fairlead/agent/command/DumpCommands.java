package io.fairlead.agent.command;

import io.fairlead.agent.config.PolicyFlags;
import io.fairlead.agent.plan.Flow;
import io.fairlead.agent.view.AgentViews;
import io.fairlead.agent.view.ExplainView;
import io.fairlead.agent.view.FlowParser;
import io.fairlead.agent.view.StatusView.SetAsideRow;
import io.fairlead.cluster.source.ManifestDump;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.table.Printable;
import io.fairlead.runtime.table.View;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers from a dump of a cluster, without an agent, privileges or a kernel.
 *
 * <p>Confined to the main thread.
 */
final class DumpCommands {

    /** Objects that cannot be honoured are named on the standard error, so many at most. */
    private static final int TROUBLES_SHOWN = 20;

    private final Console console;

    DumpCommands(Console console) {
        this.console = console;
    }

    int services(Arguments arguments) {
        return answer(arguments, dump -> AgentViews.services(dump, filter(arguments)));
    }

    int endpoints(Arguments arguments) {
        return answer(arguments, dump -> AgentViews.endpoints(dump, filter(arguments)));
    }

    private static String filter(Arguments arguments) {
        return arguments.find(AskCommands.FILTER).orElse("");
    }

    int explain(Arguments arguments) {
        String arrival = arguments.find(AskCommands.ARRIVAL).orElse("");
        return answer(arguments, dump -> {
            Flow flow = new FlowParser(dump)
                    .parse(arguments.value(AskCommands.FROM), arguments.value(AskCommands.TO), arrival);
            ExplainView view = AgentViews.explain(dump, flow);
            return view.withReason("from a dump: this node's addresses are taken to be those of its Node object, "
                    + dump.addresses().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        });
    }

    private int answer(Arguments arguments, Function<ClusterDump, View> take) {
        try {
            ClusterDump dump = new ClusterDump(
                    ManifestDump.read(arguments.value(AskCommands.DUMP)), PolicyFlags.policy(arguments));
            warn(dump);
            arguments.value(AskCommands.OUTPUT).write(take.apply(dump), console.out());
            return 0;
        } catch (IllegalArgumentException e) {
            return console.complain(String.valueOf(e.getMessage()), Invocation.Invalid.EXIT_CODE);
        }
    }

    /** Names what cannot be honoured on the standard error. */
    void warn(ClusterDump dump) {
        List<SetAsideRow> rows = AgentViews.setAside(dump);
        rows.stream()
                .limit(TROUBLES_SHOWN)
                .forEach(row -> console.err()
                        .println(Printable.line(
                                "left out: " + row.object() + " (" + row.where() + "): " + row.reason())));
        if (rows.size() > TROUBLES_SHOWN) {
            console.err().println("left out: " + (rows.size() - TROUBLES_SHOWN) + " more");
        }
    }
}
