package io.fairlead.bench;

import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.look.CpuTime;
import io.fairlead.bench.process.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the same load on each proxy in turn, and again, and compares what a request costs them: the time of processors
 * that the proxy's process used, over the requests that were answered.
 *
 * <p>A ratio is that of two neighbouring laps; a row is the median of all rounds.
 *
 * <p>Confined to the main thread.
 */
final class IngressRace {

    private static final int LAP_SECONDS = 4;
    /** Compilers work on what ran often: so many requests come before anything counts, if that does not take too long. */
    private static final long WARM_UP_REQUESTS = 30_000;

    private static final int WARM_UP_LAPS_MAX = 8;
    private static final int WARM_UP_LAP_SECONDS = 10;
    private static final int TINY_WARM_UP_SECONDS = 1;

    /**
     * Requests of one kind, as many as the proxy takes.
     *
     * <p>Confined to the main thread.
     */
    interface Load {

        /** Returns how many were answered. */
        long put(Contender on, int seconds);
    }

    /**
     * What we may cost.
     *
     * <p>Immutable.
     *
     * @param ratioMax over what this one does
     */
    record Target(Contender against, double ratioMax) {}

    private final IngressStage stage;
    private final Benchmark.Plan plan;
    private final List<Row> rows = new ArrayList<>();

    IngressRace(IngressStage stage, Benchmark.Plan plan) {
        this.stage = stage;
        this.plan = plan;
    }

    /** Runs the rounds of one kind of load. */
    void run(String what, Load load, Target... targets) {
        List<Contender> order = new ArrayList<>(List.of(Contender.FAIRLEAD));
        List.of(targets).forEach(target -> order.add(target.against()));
        if (!plan.tiny()) {
            order.subList(1, order.size()).forEach(contender -> load.put(contender, 1));
        }
        warmUp(load);
        List<List<Figures>> rounds = new ArrayList<>();
        for (int round = 0; round < plan.runs(); round++) {
            rounds.add(order.stream().map(contender -> lap(contender, load)).toList());
        }
        for (int i = 1; i < order.size(); i++) {
            rows.add(ratio(what, rounds, i, targets[i - 1]));
        }
        for (int i = 0; i < order.size(); i++) {
            int contender = i;
            Repeated laps = new Repeated(
                    rounds.stream().map(round -> round.get(contender)).toList());
            rows.add(laps.detail("  " + order.get(i).label() + ", a request", "cpu", "µs"));
            rows.add(laps.detail("    of it in the process itself", "user", "µs"));
            rows.add(laps.detail("    requests in a second", "rate", ""));
        }
    }

    private void warmUp(Load load) {
        long answered = load.put(Contender.FAIRLEAD, plan.tiny() ? TINY_WARM_UP_SECONDS : WARM_UP_LAP_SECONDS);
        for (int lap = 1; !plan.tiny() && lap < WARM_UP_LAPS_MAX && answered < WARM_UP_REQUESTS; lap++) {
            answered += load.put(Contender.FAIRLEAD, WARM_UP_LAP_SECONDS);
        }
    }

    private Figures lap(Contender contender, Load load) {
        int seconds = plan.tiny() ? 1 : LAP_SECONDS;
        CpuTime before = CpuTime.of(stage.pid(contender));
        double requests = load.put(contender, seconds);
        CpuTime used = CpuTime.of(stage.pid(contender)).since(before);
        return new Figures()
                .put("cpu", used.micros() / requests)
                .put("user", used.userMicros() / requests)
                .put("rate", Math.rint(requests / seconds));
    }

    private static Row ratio(String what, List<List<Figures>> rounds, int contender, Target target) {
        List<Figures> ratios = rounds.stream()
                .map(round -> new Figures()
                        .put(
                                "ratio",
                                round.getFirst().get("cpu")
                                        / round.get(contender).get("cpu")))
                .toList();
        return new Repeated(ratios).row(what + ", against " + target.against().label(), "ratio", "", target.ratioMax());
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }
}
