package io.fairlead.bench.process;

import io.fairlead.cluster.model.Ipv4Address;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * connect() by two ways, one connection of each in turn, so that whatever else the machine does falls on both.
 *
 * <p>Confined to the thread that made it.
 */
public final class ConnectRace {

    private static final long SEED = 20_251_121;

    /**
     * A way to connect.
     *
     * <p>Immutable.
     *
     * @param node where the client is
     * @param targets gives an address for a random number
     */
    public record Way(LoopbackNode node, int port, IntFunction<Ipv4Address> targets) {}

    private final Connector connector = new Connector();
    private final Random random = new Random(SEED);
    private final int rounds;
    private final int connections;

    /** @param connections of each way and round */
    public ConnectRace(int rounds, int connections) {
        this.rounds = rounds;
        this.connections = connections;
    }

    /** Median over the rounds of the ratio of their medians, and of both medians. */
    public void compare(String name, Way base, Way other, Figures figures) throws IOException {
        Samples ratios = new Samples();
        Samples bases = new Samples();
        Samples others = new Samples();
        round(base, other);
        for (int round = 0; round < rounds; round++) {
            long[] medians = round(base, other);
            bases.add(medians[0]);
            others.add(medians[1]);
            ratios.add(Math.round(1e6 * medians[1] / medians[0]));
        }
        figures.put(name + "-ratio", ratios.quantile(0.5) / 1e6)
                .put(name + "-ratio-min", ratios.quantile(0) / 1e6)
                .put(name + "-ratio-max", ratios.quantile(1) / 1e6)
                .put(name + "-base-us", bases.quantile(0.5) / 1e3)
                .put(name + "-us", others.quantile(0.5) / 1e3);
    }

    private long[] round(Way base, Way other) throws IOException {
        int[] ofBase = open(base);
        int[] ofOther = open(other);
        Samples baseTimes = new Samples();
        Samples otherTimes = new Samples();
        for (int i = 0; i < connections; i++) {
            baseTimes.add(connect(base, ofBase[i]));
            otherTimes.add(connect(other, ofOther[i]));
        }
        close(base, ofBase);
        close(other, ofOther);
        return new long[] {baseTimes.quantile(0.5), otherTimes.quantile(0.5)};
    }

    private int[] open(Way way) {
        int[] sockets = new int[connections];
        way.node.namespace().run(() -> Arrays.setAll(sockets, _ -> connector.open()));
        return sockets;
    }

    private long connect(Way way, int socket) {
        return connector.connect(socket, way.targets.apply(random.nextInt(Integer.MAX_VALUE)), way.port);
    }

    private void close(Way way, int[] sockets) throws IOException {
        for (int socket : sockets) {
            connector.close(socket);
        }
        way.node.dropWaiting();
    }
}
