package io.fairlead.lab.demo;

import io.fairlead.lab.cluster.LabCluster;
import io.fairlead.lab.demo.Checks.Claim;
import io.fairlead.lab.topology.DualStack;
import io.fairlead.lab.topology.Host;
import io.fairlead.lab.topology.HostSpec;
import io.fairlead.lab.traffic.LoadReport;
import io.fairlead.lab.traffic.TrafficLoad;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What every step of the story uses.
 *
 * <p>Confined to the main thread.
 */
record Stage(LabCluster cluster, Cast cast, Screen screen, Checks checks, Pace pace) {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FRAME = Duration.ofMillis(100);
    private static final int COLUMNS_MAX = 110;

    Host asker() {
        return cluster.host(cast.asker());
    }

    Look look() {
        return screen.look();
    }

    /** Begins traffic, which goes on until it is finished or a minute is over. */
    TrafficLoad traffic(List<Host> clients, InetAddress address, int port) {
        InetSocketAddress target = new InetSocketAddress(address, port);
        return TrafficLoad.start(
                clients, new TrafficLoad.Settings(List.of(target), pace.perSecond(), Duration.ofMinutes(1), TIMEOUT));
    }

    /** Draws traffic again and again for a while. */
    LoadReport watch(TrafficLoad load, Duration time, Function<LoadReport, List<String>> drawing) {
        return watch(load::report, time, drawing);
    }

    /** The same with traffic of any kind. */
    LoadReport watch(Supplier<LoadReport> load, Duration time, Function<LoadReport, List<String>> drawing) {
        long deadline = System.nanoTime() + time.toNanos();
        while (deadline - System.nanoTime() > 0) {
            Pace.rest(min(FRAME, Duration.ofNanos(deadline - System.nanoTime())));
            screen.live(drawing.apply(load.get()));
        }
        return load.get();
    }

    /** A command and what its program answered. */
    void show(String command, Optional<String> answer) {
        screen.line(look().accent("$ fairlead " + command));
        List<String> lines = answer.orElse("").lines().toList();
        checks.expect(new Claim(lines.size() > 1, command + " is answered"));
        lines.forEach(
                line -> screen.line(look().dim(line.length() > COLUMNS_MAX ? line.substring(0, COLUMNS_MAX) : line)));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Lines of a share table: each pod with its address. */
    static Map<String, String> rows(List<HostSpec> pods) {
        Map<String, String> rows = new LinkedHashMap<>();
        pods.forEach(pod -> rows.put(pod.name(), pod.addresses().text4()));
        return rows;
    }

    /** {@code address:port}, IPv6 in brackets. */
    static String socket(InetAddress address, int port) {
        String text = DualStack.text(address);
        return (text.indexOf(':') < 0 ? text : "[" + text + "]") + ":" + port;
    }

    static String millis(Duration time) {
        double millis = time.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    /** {@code pod-1-2, pod-1-3}. */
    static String names(List<HostSpec> pods) {
        return String.join(", ", pods.stream().map(HostSpec::name).toList());
    }
}
