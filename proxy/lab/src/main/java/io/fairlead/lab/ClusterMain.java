package io.fairlead.lab;

import io.fairlead.kernel.KernelException;
import io.fairlead.lab.kube.Judges;
import io.fairlead.lab.kube.KubeCluster;
import io.fairlead.lab.kube.StandingCluster;
import io.fairlead.lab.run.LabException;
import io.fairlead.lab.topology.Topology;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.Positional;
import io.fairlead.runtime.options.ValueFormats;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The program {@code fairlead cluster}.
 *
 * <p>Confined to the main thread; a signal removes everything from a thread of its own.
 */
public final class ClusterMain {

    private static final int EXIT_NOT_DONE = 1;
    /** EX_UNAVAILABLE of sysexits.h. */
    private static final int EXIT_UNAVAILABLE = 69;

    /** What the process in the background is called with; nobody else should. */
    private static final String OWN = "own";

    /** What to do. */
    private enum Action {
        UP,
        DOWN,
        KUBECONFIG,
        KUBECTL
    }

    private static final Positional<Action> ACTION = Positional.required(
            "ACTION",
            ValueFormats.oneOf(Action.class),
            "'up' builds it and returns when it is ready, 'down' removes it, 'kubeconfig' prints how to reach it,"
                    + " 'kubectl' takes the words of a kubectl command");
    private static final Option<Integer> NODES = Option.of(
                    "--nodes", "N", ValueFormats.integer(1, Topology.NODES_MAX), "how many nodes the cluster has")
            .orElse("3");
    private static final Option<KubeCluster.Proxy> KUBE_PROXY = Option.of(
                    "--kube-proxy",
                    "MODE",
                    ValueFormats.oneOf(KubeCluster.Proxy.class),
                    "who routes Services until something replaces it; with none, nobody does")
            .orElse("nftables");
    private static final Option<Path> IMAGE = Option.of(
            "--image",
            "FILE",
            ValueFormats.path(),
            "load this image archive into every node (default: Fairlead's, if it was built)");
    private static final Option<Path> PROGRAMS = Option.of(
            "--programs",
            "DIR",
            ValueFormats.path(),
            "where etcd, kubernetes, containerd, coredns and pod are (default: where the launcher builds them)");
    private static final Option<Path> RUN_DIR = Option.of(
                    "--run-dir", "DIR", ValueFormats.path(), "where the cluster lives, on a disk")
            .orElse(StandingCluster.DEFAULT_FOLDER.toString());

    private ClusterMain() {}

    /**
     * Exits with 0 if it was done, 1 if there is nothing to do it with (a cluster stands already, or none does), 2 if the
     * words are wrong, 69 if something is missing; {@code kubectl} with kubectl's.
     */
    @SuppressWarnings("SystemOut") // the one place that knows the standard streams
    public static void main(String[] words) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(words), out, System.err));
    }

    private static int run(List<String> words, PrintStream out, PrintStream err) {
        try {
            if (!words.isEmpty() && words.getFirst().equals(OWN)) {
                return own(words.subList(1, words.size()), out);
            }
            if (!words.isEmpty() && words.getFirst().equals("kubectl")) {
                return kubectl(words.subList(1, words.size()), err);
            }
            return command(words, out, err);
        } catch (LabException | KernelException e) {
            err.println("error: " + e.getMessage());
            return EXIT_UNAVAILABLE;
        }
    }

    private static int command(List<String> words, PrintStream out, PrintStream err) {
        Command cluster = Command.of("cluster", "a real Kubernetes cluster on this machine")
                .with(ACTION, NODES, KUBE_PROXY, IMAGE, PROGRAMS, RUN_DIR)
                .example(
                        "fairlead cluster up --nodes 3",
                        "fairlead cluster kubectl get pods --all-namespaces",
                        "fairlead cluster kubeconfig > lab.conf",
                        "fairlead cluster down");
        List<String> line = new ArrayList<>(List.of("cluster"));
        line.addAll(words);
        return new CommandLine("fairlead", "service routing for a Kubernetes node", List.of(cluster))
                .run(line, out, err, run -> act(run.arguments(), out, err));
    }

    private static int act(Arguments arguments, PrintStream out, PrintStream err) {
        if (!isRoot()) {
            err.println("error: a cluster is made of namespaces, which needs root; try: sudo ./fairlead cluster up");
            return EXIT_UNAVAILABLE;
        }
        StandingCluster cluster = new StandingCluster(arguments.value(RUN_DIR));
        return switch (arguments.value(ACTION)) {
            case UP -> up(cluster, arguments, out, err);
            case DOWN -> down(cluster, out, err);
            case KUBECONFIG -> kubeconfig(cluster, out, err);
            case KUBECTL -> throw new IllegalStateException("its words are not ours");
        };
    }

    // --- up
    // -----------------------------------------------------------------------------------------------------------

    private static int up(StandingCluster cluster, Arguments arguments, PrintStream out, PrintStream err) {
        if (cluster.owner().isPresent()) {
            err.println("error: a cluster is up already; '" + ownName() + " cluster down' removes it");
            return EXIT_NOT_DONE;
        }
        cluster.prepare();
        Process owner = start(cluster, ownerWords(cluster, arguments));
        // Who gives up while it is built wants nothing of it.
        Thread stop = new Thread(owner::destroy, "stop building");
        Runtime.getRuntime().addShutdownHook(stop);
        boolean ready = cluster.follow(owner, out::println);
        Runtime.getRuntime().removeShutdownHook(stop);
        if (!ready) {
            err.println("error: the cluster did not come up; its log is " + cluster.log());
            return EXIT_UNAVAILABLE;
        }
        out.printf(
                Locale.ROOT,
                """

                The cluster is up: %d nodes, kube-proxy: %s.
                  export KUBECONFIG=%s
                  %s cluster kubectl get pods --all-namespaces
                  %s cluster down
                """,
                arguments.value(NODES),
                arguments.value(KUBE_PROXY).name().toLowerCase(Locale.ROOT),
                cluster.kubeconfig(),
                ownName(),
                ownName());
        return 0;
    }

    private static List<String> ownerWords(StandingCluster cluster, Arguments arguments) {
        List<String> words = new ArrayList<>(List.of(
                OWN,
                cluster.folder().toAbsolutePath().toString(),
                arguments.value(NODES).toString(),
                arguments.value(KUBE_PROXY).name(),
                arguments
                        .find(PROGRAMS)
                        .orElseGet(() -> target().resolve("judges"))
                        .toAbsolutePath()
                        .toString()));
        Path built = target().resolve("image/fairlead.tar");
        Optional<Path> image = arguments.find(IMAGE).or(() -> Optional.of(built).filter(Files::exists));
        image.ifPresent(file -> words.add(file.toAbsolutePath().toString()));
        return words;
    }

    /** A session of its own, with the JVM, the flags and the class path of this process. */
    private static Process start(StandingCluster cluster, List<String> more) {
        List<String> words = new ArrayList<>();
        words.add("setsid");
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), ClusterMain.class.getName()));
        words.addAll(more);
        try {
            return new ProcessBuilder(words)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(cluster.log().toFile())
                    .start();
        } catch (IOException e) {
            throw new LabException("cannot start setsid: " + e.getMessage(), e);
        }
    }

    /** In the background. */
    private static int own(List<String> words, PrintStream out) {
        List<Path> images =
                words.subList(4, words.size()).stream().map(Path::of).toList();
        new StandingCluster(Path.of(words.get(0)))
                .own(
                        new StandingCluster.Plan(
                                Integer.parseInt(words.get(1)),
                                KubeCluster.Proxy.valueOf(words.get(2)),
                                new Judges(Path.of(words.get(3))),
                                images),
                        out::println);
        return 0;
    }

    // --- down, kubeconfig, kubectl
    // ------------------------------------------------------------------------------------

    private static int down(StandingCluster cluster, PrintStream out, PrintStream err) {
        if (!cluster.down()) {
            err.println("error: no cluster is up");
            return EXIT_NOT_DONE;
        }
        out.println("the cluster is removed");
        return 0;
    }

    private static int kubeconfig(StandingCluster cluster, PrintStream out, PrintStream err) {
        try {
            out.print(Files.readString(cluster.kubeconfig()));
            return 0;
        } catch (IOException e) {
            err.println("error: no cluster is ready; '" + ownName() + " cluster up' makes one");
            return EXIT_NOT_DONE;
        }
    }

    /** The cluster of the usual folder, by kubectl of the usual programs: all words belong to kubectl. */
    private static int kubectl(List<String> words, PrintStream err) {
        Path kubeconfig = new StandingCluster(StandingCluster.DEFAULT_FOLDER).kubeconfig();
        if (!Files.isReadable(kubeconfig)) {
            err.println("error: no cluster is ready; '" + ownName() + " cluster up', as root, makes one");
            return EXIT_NOT_DONE;
        }
        List<String> line = new ArrayList<>();
        line.add(new Judges(target().resolve("judges"))
                .program("kubernetes", "kubectl")
                .toString());
        line.add("--kubeconfig=" + kubeconfig);
        line.addAll(words);
        try {
            return new ProcessBuilder(line).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new LabException("cannot run kubectl: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_NOT_DONE;
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    /** Where the launcher puts what it builds. */
    private static Path target() {
        return Path.of(ownName()).toAbsolutePath().resolveSibling("target");
    }

    /** How the user called us: the launcher says so. */
    private static String ownName() {
        String launcher = System.getenv("FAIRLEAD_LAUNCHER");
        return launcher == null ? "fairlead" : launcher;
    }
}
