package io.fairlead.agent.config;

import io.fairlead.cluster.model.IpFamily;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.GoDuration;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which value counts when several words speak about one thing, by kube-proxy's precedence: with {@code --config} the file
 * decides, and of the flags that say the same only the node's name and those of the log count. Flags that the file has no
 * word for always count.
 *
 * <p>Immutable: pure functions, but for reading the file.
 */
public final class FlagMerge {

    /** What the log should say once about the words given. Never on a command line. */
    public static final Option<List<String>> NOTES =
            Option.list("--notes", "TEXT", ValueFormats.text(), "what is to be said about the options");

    /** klog's levels: up to 3 for operators, 4 and more for debugging (Kubernetes' logging conventions). */
    private static final int VERBOSITY_DEBUG = 4;

    /** Flags that a file replaces although it has no field for just that. */
    private static final List<Option<?>> REPLACED = List.of(
            NodeFlags.HEALTH_PORT, NodeFlags.METRICS_PORT, RoutingFlags.IPTABLES_MIN_SYNC, RoutingFlags.IPVS_MIN_SYNC);

    private static final Set<Option<?>> WITHOUT_EFFECT = withoutEffect();

    private FlagMerge() {}

    /** For {@link Command#resolve}. */
    public static Command.Resolved resolve(Arguments given) {
        Optional<Path> file = given.find(RoutingFlags.CONFIG);
        return file.isPresent() ? resolve(given, file.get(), ConfigFile.read(file.get())) : resolveFlags(given);
    }

    /** With a file: its mistakes, or what it and the flags together say. */
    static Command.Resolved resolve(Arguments given, Path path, ConfigFile file) {
        List<String> mistakes = new ArrayList<>();
        file.mistakes().forEach(mistake -> mistakes.add("--config " + path + ": " + mistake));
        if (!mistakes.isEmpty()) {
            return new Command.Resolved(given, mistakes);
        }
        ProxyMode mode = mode(file);
        Set<Option<?>> replaced = replaced();
        Set<String> ignored = new TreeSet<>();
        Arguments merged = given;
        for (Option<?> option : replaced) {
            if (given.isGiven(option)) {
                ignored.add(option.title());
            }
            merged = merged.without(option);
        }
        Set<String> unused = unusedFlags(given, replaced);
        for (Map.Entry<ConfigField, String> entry : file.texts().entrySet()) {
            ConfigField field = entry.getKey();
            if (field instanceof ConfigField.Flagged flagged && ConfigFields.counts(field.path(), mode)) {
                merged = take(merged, flagged.option(), entry.getValue());
            }
            if (isUnused(field, entry.getValue())) {
                unused.add(field.path());
            }
        }
        periodMistake(merged, mode)
                .filter(_ -> file.texts().keySet().stream()
                        .anyMatch(field -> field.path().endsWith(".minSyncPeriod")))
                .ifPresent(mistake -> mistakes.add("--config " + path + ": " + mode.section() + mistake));
        List<String> notes = new ArrayList<>();
        if (!ignored.isEmpty()) {
            notes.add("--config decides; without effect beside it: " + String.join(", ", ignored));
        }
        addUnused(unused, notes);
        // The sections stay those of the file's mode, for which it was written.
        ProxyMode asked = given.find(RoutingFlags.OWN_MODE).orElse(mode);
        merged = asked == mode ? merged : merged.with(RoutingFlags.MODE, asked);
        boolean same = mode == ProxyMode.NFTABLES || asked == ProxyMode.IPTABLES || asked == ProxyMode.IPVS;
        if (!same && !merged.isGiven(RoutingFlags.NODE_PORT_ADDRESSES)) {
            notes.add("nodePortAddresses is not set: NodePorts are served on the primary addresses and loopback;"
                    + " kube-proxy's modes iptables and ipvs served them on all addresses");
        }
        return new Command.Resolved(finish(pagesOfFamily(merged), notes), mistakes);
    }

    /** Without a file: deprecated and per-mode flags are folded into those that they modify. */
    private static Command.Resolved resolveFlags(Arguments given) {
        Arguments folded = portFlag(given, NodeFlags.HEALTH_PORT, NodeFlags.HEALTH);
        folded = portFlag(folded, NodeFlags.METRICS_PORT, NodeFlags.METRICS);
        List<String> mistakes = new ArrayList<>();
        ProxyMode mode = given.find(RoutingFlags.OWN_MODE)
                .or(() -> given.find(RoutingFlags.MODE))
                .orElse(ProxyMode.AUTO);
        folded = folded.with(RoutingFlags.MODE, mode);
        Option<Duration> flag = mode == ProxyMode.IPVS ? RoutingFlags.IPVS_MIN_SYNC : RoutingFlags.IPTABLES_MIN_SYNC;
        Optional<Duration> period = given.find(flag);
        if (period.isPresent() && !given.isGiven(RoutingFlags.MIN_SYNC)) {
            folded = folded.with(RoutingFlags.MIN_SYNC, period.get());
            periodMistake(folded, mode).ifPresent(mistake -> mistakes.add("--" + mode.section() + mistake));
        }
        List<String> notes = new ArrayList<>();
        addUnused(unusedFlags(given, Set.of()), notes);
        return new Command.Resolved(finish(folded, notes), mistakes);
    }

    private static Arguments finish(Arguments merged, List<String> notes) {
        Arguments finished = merged;
        boolean debug = merged.find(NodeFlags.VERBOSITY).orElse(0) >= VERBOSITY_DEBUG;
        if (debug && !merged.isGiven(NodeFlags.LOG_LEVEL)) {
            finished = finished.with(NodeFlags.LOG_LEVEL, LogSettings.Verbosity.DEBUG);
        }
        if (merged.isGiven(RoutingFlags.MIN_SYNC)) {
            merged.find(RoutingFlags.MIN_SYNC)
                    .ifPresent(period -> notes.add("as configured, syncs start at least " + GoDuration.print(period)
                            + " apart (minSyncPeriod); " + RoutingFlags.MIN_SYNC.defaultText() + " is enough here"));
        }
        return finished.with(NOTES, List.copyOf(notes));
    }

    /** Zero serves nothing; any other port has no effect on an address with a port, as in kube-proxy. */
    private static Arguments portFlag(
            Arguments given, Option<Integer> port, Option<Optional<InetSocketAddress>> address) {
        boolean none = given.find(port).equals(Optional.of(0));
        return none ? given.with(address, Optional.empty()) : given;
    }

    /** kube-proxy's file defaults: pages of the family of bindAddress. */
    private static Arguments pagesOfFamily(Arguments merged) {
        boolean ipv6 = merged.find(RoutingFlags.BIND_ADDRESS)
                .filter(address -> address.family() == IpFamily.IPV6)
                .isPresent();
        Arguments paged = merged;
        if (ipv6 && !merged.isGiven(NodeFlags.HEALTH)) {
            paged = take(paged, NodeFlags.HEALTH, "[::]:10256");
        }
        if (ipv6 && !merged.isGiven(NodeFlags.METRICS)) {
            paged = take(paged, NodeFlags.METRICS, "[::1]:10249");
        }
        return paged;
    }

    private static Optional<String> periodMistake(Arguments merged, ProxyMode mode) {
        Option<Duration> full = mode == ProxyMode.IPVS ? UnusedFlags.IPVS_SYNC : UnusedFlags.IPTABLES_SYNC;
        Duration min = merged.find(RoutingFlags.MIN_SYNC).orElse(Duration.ZERO);
        Duration max = merged.find(full).orElse(Duration.ZERO);
        return min.compareTo(max) > 0
                ? Optional.of(": the least period of syncs, " + GoDuration.print(min)
                        + ", is longer than their period, " + GoDuration.print(max))
                : Optional.empty();
    }

    /** Auto if it says nothing. */
    static ProxyMode mode(ConfigFile file) {
        for (Map.Entry<ConfigField, String> entry : file.texts().entrySet()) {
            if (entry.getKey().path().equals("mode")) {
                return RoutingFlags.MODE.format().parse(entry.getValue());
            }
        }
        return ProxyMode.AUTO;
    }

    /** A value that is the default anyway does not count as given. */
    private static <T> Arguments take(Arguments arguments, Option<T> option, String text) {
        T value = option.format().parse(text);
        boolean given = arguments.isGiven(option) || option.preset().equals(Optional.of(value));
        return given ? arguments : arguments.with(option, value);
    }

    private static Set<Option<?>> replaced() {
        Set<Option<?>> options = new LinkedHashSet<>(REPLACED);
        for (ConfigField field : ConfigFields.ALL) {
            if (field instanceof ConfigField.Flagged flagged && !ConfigFields.FLAG_WINS.contains(flagged.option())) {
                options.add(flagged.option());
            }
        }
        return options;
    }

    private static Set<Option<?>> withoutEffect() {
        Set<Option<?>> options = new LinkedHashSet<>(UnusedFlags.ALL);
        options.add(NodeFlags.PROFILING);
        return options;
    }

    private static Set<String> unusedFlags(Arguments given, Set<Option<?>> replaced) {
        Set<String> unused = new TreeSet<>();
        for (Option<?> option : WITHOUT_EFFECT) {
            boolean other = given.isGiven(option) && !given.find(option).equals(option.preset());
            if (other && !replaced.contains(option)) {
                unused.add(option.title());
            }
        }
        return unused;
    }

    private static boolean isUnused(ConfigField field, String text) {
        return switch (field) {
            case ConfigField.Unused unused -> !text.equals(unused.preset());
            case ConfigField.Flagged flagged ->
                WITHOUT_EFFECT.contains(flagged.option())
                        && !flagged.option()
                                .preset()
                                .equals(Optional.of(flagged.option().format().parse(text)));
        };
    }

    private static void addUnused(Set<String> unused, List<String> notes) {
        if (!unused.isEmpty()) {
            notes.add("accepted, without effect here (docs/operate/kube-proxy.md): " + String.join(", ", unused));
        }
    }
}
