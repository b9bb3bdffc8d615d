package io.fairlead.bench;

import io.fairlead.bench.ingress.Backend;
import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.ingress.SteadyClient;
import io.fairlead.bench.process.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * What a proxy adds to the time of an answer when it has half of the load that nginx can take: requests come at a fixed
 * rate, and what they take without a proxy is subtracted. A virtual machine loses its processors for many milliseconds several
 * times a second, which is all that one would see in a p99; so that of each 50 ms is taken, and of these the lower
 * quartile, for all alike.
 *
 * <p>Confined to the main thread.
 */
final class IngressLatency implements Benchmark {

    private static final double ADDED_MAX = 1.25;
    private static final int HOSTS = 1_000;
    private static final int HOSTS_TINY = 20;
    private static final int CONNECTIONS = 64;
    private static final int SECONDS = 6;
    private static final int SLACK_SECONDS = 30;
    private static final int TINY_RATE = 200;

    /** Rounds for each run of the plan: the tail of a few seconds is noise. */
    private static final int ROUNDS_FACTOR = 2;

    @Override
    public String name() {
        return "ingress-latency";
    }

    @Override
    public String summary() {
        return "half of nginx's load at a fixed rate: time that a proxy adds, beside nginx and HAProxy";
    }

    @Override
    public List<Row> run(Plan plan) {
        int hosts = plan.tiny() ? HOSTS_TINY : HOSTS;
        List<Contender> all = List.of(Contender.values());
        try (IngressStage stage = IngressStage.build(plan, hosts, all)) {
            IngressRace.Load load = new LoadTool(stage).http1("/1k", CONNECTIONS);
            load.put(Contender.FAIRLEAD, plan.tiny() ? 1 : 15);
            int rate = plan.tiny() ? TINY_RATE : (int) (load.put(Contender.NGINX, SECONDS) / SECONDS / 2);
            List<Figures> rounds = new ArrayList<>();
            for (int round = 0; round < (plan.tiny() ? 1 : ROUNDS_FACTOR * plan.runs()); round++) {
                rounds.add(round(stage, all, new Steady(hosts, rate, plan.tiny() ? 1 : SECONDS)));
            }
            Repeated repeated = new Repeated(rounds);
            List<Row> rows = new ArrayList<>();
            rows.add(repeated.row("p99 added at half load in calm moments, against nginx", "ratio", "", ADDED_MAX));
            rows.add(Row.detail("  requests in a second", rate, ""));
            rows.add(repeated.detail("  without a proxy, p99 in calm moments", "direct", "µs"));
            for (Contender contender : all) {
                rows.add(repeated.detail(
                        "  " + contender.label() + " adds, p99 in calm moments", contender.label(), "µs"));
                rows.add(repeated.detail("    p99 of all", contender.label() + "-all", "µs"));
                rows.add(repeated.detail("    p50", contender.label() + "-p50", "µs"));
            }
            return rows;
        }
    }

    /**
     * How the steady client asks.
     *
     * <p>Immutable.
     */
    private record Steady(int hosts, int rate, int seconds) {

        Figures ask(IngressStage stage, int port) {
            List<String> words = new ArrayList<>();
            for (int word : List.of(port, hosts, rate, seconds, CONNECTIONS)) {
                words.add(Integer.toString(word));
            }
            return Figures.parse(stage.client(SteadyClient.class, words, seconds + SLACK_SECONDS));
        }
    }

    private static Figures round(IngressStage stage, List<Contender> all, Steady steady) {
        Figures direct = steady.ask(stage, Backend.WEB_PORT);
        Figures figures = new Figures().put("direct", direct.get("calm-p99"));
        for (Contender contender : all) {
            Figures through = steady.ask(stage, contender.plainPort());
            figures.put(contender.label(), through.get("calm-p99") - direct.get("calm-p99"));
            figures.put(contender.label() + "-all", through.get("p99") - direct.get("p99"));
            figures.put(contender.label() + "-p50", through.get("p50") - direct.get("p50"));
        }
        return figures.put("ratio", figures.get(Contender.FAIRLEAD.label()) / figures.get(Contender.NGINX.label()));
    }
}
