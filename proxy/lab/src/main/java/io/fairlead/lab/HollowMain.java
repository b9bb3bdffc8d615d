package io.fairlead.lab;

import io.fairlead.lab.hollow.HollowRun;
import io.fairlead.lab.hollow.HollowShape;
import io.fairlead.lab.run.LabException;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The program {@code fairlead hollow}.
 *
 * <p>Confined to the main thread.
 */
public final class HollowMain {

    /** EX_UNAVAILABLE of sysexits.h. */
    private static final int EXIT_UNAVAILABLE = 69;

    private static final int RATE_MAX = 10_000;
    private static final int PORT_MAX = 65_535;
    private static final Duration DURATION_MAX = Duration.ofDays(30);

    private static final Option<Integer> SERVICES = Option.of(
                    "--services", "N", ValueFormats.integer(1, HollowShape.SERVICES_MAX), "how many Services there are")
            .orElse("1000");
    private static final Option<Integer> ENDPOINTS = Option.of(
                    "--endpoints",
                    "N",
                    ValueFormats.integer(0, HollowShape.ENDPOINTS_EACH_MAX),
                    "endpoints of each Service, on average")
            .orElse("5");
    private static final Option<Integer> SPREAD = Option.of(
                    "--spread",
                    "PERCENT",
                    ValueFormats.integer(0, HollowShape.SPREAD_PERCENT_MAX),
                    "how much more or less than that a Service has at most")
            .orElse("0");
    private static final Option<Integer> NODES = Option.of(
                    "--nodes",
                    "N",
                    ValueFormats.integer(1, HollowShape.NODES_MAX),
                    "Nodes hollow-1, hollow-2 ... that the endpoints are on")
            .orElse("50");
    private static final Option<Boolean> DUAL_STACK = Option.flag("--dual-stack", "addresses of both families");
    private static final Option<Integer> SPECIAL = Option.of(
                    "--special",
                    "PERCENT",
                    ValueFormats.integer(0, HollowShape.SPECIAL_PERCENT_MAX),
                    "share of NodePorts, and as many LoadBalancers, with affinity, and with traffic policy Local")
            .orElse("0");
    private static final Option<Integer> RATE = Option.of(
                    "--change-rate", "N", ValueFormats.integer(0, RATE_MAX), "changes in each second")
            .orElse("20");
    private static final Option<Integer> SEED = Option.of(
                    "--seed", "N", ValueFormats.integer(0, Integer.MAX_VALUE), "the same number makes the same cluster")
            .orElse("1");
    private static final Option<InetSocketAddress> LISTEN = Option.of(
                    "--listen",
                    "ADDRESS:PORT",
                    ValueFormats.of("an IP address and a port, such as 127.0.0.1:8001", HollowMain::address),
                    "where agents ask; whoever reaches it may read")
            .orElse("127.0.0.1:8001");
    private static final Option<Path> TLS_DIR = Option.of(
            "--tls-dir",
            "DIR",
            ValueFormats.path(),
            "serve over TLS and HTTP/2 as a real API server does, and write a kubeconfig into this directory;"
                    + " without it, over plain HTTP");
    private static final Option<Path> TO_KUBECONFIG = Option.of(
            "--to-kubeconfig",
            "FILE",
            ValueFormats.path(),
            "write it into this API server instead; nothing is removed at the end");
    private static final Option<Duration> DURATION = Option.of(
            "--duration",
            "TIME",
            ValueFormats.duration(Duration.ofSeconds(1), DURATION_MAX),
            "end after this time (default: never)");

    private HollowMain() {}

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|\\]$", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 0 || port > PORT_MAX || !host.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException();
        }
        return new InetSocketAddress(host, port);
    }

    /** Exits with 0 at its end, 2 if the words are wrong, 69 if something is missing. */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(words, out, System.err));
    }

    private static int run(String[] words, PrintStream out, PrintStream err) {
        Command hollow = Command.of("hollow", "a cluster that is not there, to try agents on")
                .with(
                        SERVICES,
                        ENDPOINTS,
                        SPREAD,
                        NODES,
                        DUAL_STACK,
                        SPECIAL,
                        RATE,
                        SEED,
                        LISTEN,
                        TLS_DIR,
                        TO_KUBECONFIG,
                        DURATION)
                .check(List.of(SERVICES, ENDPOINTS, SPREAD, NODES), HollowMain::fits)
                .example(
                        "fairlead hollow --services 1000 --endpoints 5 --nodes 50 --change-rate 20 --seed 7",
                        "fairlead hollow --services 10000 --to-kubeconfig admin.conf --duration 10m");
        List<String> line = new ArrayList<>(List.of("hollow"));
        line.addAll(List.of(words));
        return new CommandLine("fairlead", "service routing for a Kubernetes node", List.of(hollow))
                .run(line, out, err, run -> hollow(run.arguments(), out, err));
    }

    private static Optional<String> fits(Arguments arguments) {
        try {
            HollowRun.check(shape(arguments));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static HollowShape shape(Arguments arguments) {
        return new HollowShape(
                arguments.value(SERVICES),
                arguments.value(ENDPOINTS),
                arguments.value(SPREAD),
                arguments.value(NODES),
                arguments.value(DUAL_STACK),
                arguments.value(SPECIAL),
                arguments.value(SEED));
    }

    private static int hollow(Arguments arguments, PrintStream out, PrintStream err) {
        HollowRun run = new HollowRun(
                shape(arguments),
                arguments.value(RATE),
                arguments.find(DURATION).orElse(DURATION_MAX),
                out::println);
        try {
            Optional<Path> kubeconfig = arguments.find(TO_KUBECONFIG);
            Optional<Path> tls = arguments.find(TLS_DIR);
            if (kubeconfig.isPresent()) {
                run.write(kubeconfig.get());
            } else if (tls.isPresent()) {
                run.serve(arguments.value(LISTEN), tls.get());
            } else {
                run.serve(arguments.value(LISTEN));
            }
            return 0;
        } catch (LabException e) {
            err.println("error: " + e.getMessage());
            return EXIT_UNAVAILABLE;
        }
    }
}
