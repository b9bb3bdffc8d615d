package io.fairlead.bench;

import io.fairlead.bench.ingress.Backend;
import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.ingress.PeerFiles;
import io.fairlead.bench.ingress.RouteManifests;
import io.fairlead.ingress.program.IngressMain;
import io.fairlead.kernel.netns.NetNs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network namespace with a backend, the proxies that are compared, and their clients. Proxies have the first processor
 * to themselves, backend and clients share the second.
 *
 * <p>Confined to the main thread.
 */
final class IngressStage implements AutoCloseable {

    /** Tools, with the packages of Debian that have them. */
    private static final Map<String, String> TOOLS = Map.of(
            "nginx", "nginx-light",
            "haproxy", "haproxy",
            "wrk", "wrk",
            "h2load", "nghttp2-client",
            "openssl", "openssl",
            "taskset", "util-linux");

    private static final String PROXIES = "0";
    private static final String CLIENTS = "1";
    private static final int HEAP_MEGABYTES = 64;
    private static final int CLIENT_HEAP_MEGABYTES = 128;
    private static final long READY_SECONDS_MAX = 60;

    private final Benchmark.Plan plan;
    private final NetNs namespace = NetNs.anonymous();
    private final TemporaryFiles files = TemporaryFiles.create();
    private final TemporaryFiles manifests = TemporaryFiles.create();
    private final PeerFiles peers;
    private final Map<Contender, Child> proxies = new EnumMap<>(Contender.class);
    private final List<Child> others = new ArrayList<>();

    private IngressStage(Benchmark.Plan plan, int hosts) {
        this.plan = plan;
        peers = keys(files, hosts);
    }

    /** Starts all of them, with so many hosts. */
    static IngressStage build(Benchmark.Plan plan, int hosts, List<Contender> contenders) {
        requireTools();
        IngressStage stage = new IngressStage(plan, hosts);
        try {
            stage.start(hosts, contenders);
            return stage;
        } catch (InterruptedException e) {
            stage.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    private static void requireTools() {
        List<String> missing = new ArrayList<>();
        TOOLS.forEach((tool, debian) -> {
            boolean found =
                    List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                            .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
            if (!found && !ApiStage.judges().has(tool)) {
                missing.add(debian);
            }
        });
        if (!missing.isEmpty()) {
            throw new IllegalStateException("the benchmarks of the ingress need other programs: apt-get install "
                    + String.join(" ", missing.stream().sorted().toList()));
        }
    }

    /** A key and a certificate for all hosts, in these files. */
    static PeerFiles keys(TemporaryFiles files, int hosts) {
        PeerFiles keys = new PeerFiles(files.directory(), hosts);
        List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-days", "30"));
        command.addAll(
                List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=example.com"));
        command.addAll(List.of("-addext", "subjectAltName=DNS:*.example.com"));
        command.addAll(List.of("-keyout", keys.key().toString()));
        command.addAll(List.of("-out", keys.certificate().toString()));
        try (NetNs nowhere = NetNs.anonymous();
                Child child = Child.start(nowhere, command)) {
            child.join(READY_SECONDS_MAX);
        }
        return keys;
    }

    private void start(int hosts, List<Contender> contenders) throws InterruptedException {
        try (Child loopback = Child.start(namespace, List.of("ip", "link", "set", "lo", "up"))) {
            loopback.join(READY_SECONDS_MAX);
        }
        Child backend = Child.start(namespace, pinned(program(Backend.class, List.of())));
        others.add(backend);
        backend.awaitOutput(Backend.READY, READY_SECONDS_MAX);
        for (Contender contender : contenders) {
            Child proxy = Child.start(namespace, command(contender, hosts));
            proxies.put(contender, proxy);
            proxy.awaitPort(namespace, contender.plainPort(), READY_SECONDS_MAX);
        }
    }

    private List<String> command(Contender contender, int hosts) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", PROXIES));
        switch (contender) {
            case FAIRLEAD -> {
                new RouteManifests(Contender.ADDRESS, peers.certificate(), peers.key())
                        .writeTo(manifests.directory(), hosts);
                command.addAll(ingress(plan.jvm(HEAP_MEGABYTES), manifests.directory()));
            }
            case NGINX -> {
                command.addAll(ApiStage.judges().server("nginx"));
                command.addAll(List.of("-c", peers.nginx().toString()));
            }
            case HAPROXY -> {
                command.addAll(ApiStage.judges().server("haproxy"));
                command.addAll(List.of("-f", peers.haproxy().toString()));
            }
        }
        return command;
    }

    /** The real program on manifests, with one event loop. */
    static List<String> ingress(Jvm jvm, Path manifests) {
        return ingress(jvm, List.of("--manifests", manifests.toString()), Contender.ADDRESS + "/32");
    }

    /**
     * The real program, with one event loop.
     *
     * @param source words that say where the cluster is from
     * @param allowed destinations, although they are on the node itself
     */
    static List<String> ingress(Jvm jvm, List<String> source, String allowed) {
        List<String> command = jvm.with(Launcher.ingressFlags()).command();
        command.addAll(List.of(IngressMain.class.getName(), "ingress"));
        command.addAll(source);
        command.addAll(List.of("--http-address", Contender.ADDRESS + ":" + Contender.FAIRLEAD.plainPort()));
        command.addAll(List.of("--https-address", Contender.ADDRESS + ":" + Contender.FAIRLEAD.securePort()));
        command.addAll(List.of("--allow-destination", allowed, "--loops", "1", "--pages-address="));
        return command;
    }

    /** A program of this module that is not measured. */
    static List<String> program(Class<?> program, List<String> words) {
        List<String> command =
                Jvm.shipped(CLIENT_HEAP_MEGABYTES).with(Launcher.ingressFlags()).command();
        command.add(program.getName());
        command.addAll(words);
        return command;
    }

    private static List<String> pinned(List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", CLIENTS));
        pinned.addAll(command);
        return pinned;
    }

    PeerFiles files() {
        return peers;
    }

    long pid(Contender contender) {
        return Objects.requireNonNull(proxies.get(contender)).pid();
    }

    /** Runs a client to its end and returns what it says. */
    String client(List<String> command, int secondsMax) {
        try (Child child = Child.start(namespace, pinned(command))) {
            return child.join(secondsMax);
        }
    }

    /** Runs a client of our own. */
    String client(Class<?> program, List<String> words, int secondsMax) {
        return client(program(program, words), secondsMax);
    }

    @Override
    public void close() {
        proxies.values().forEach(Child::close);
        others.forEach(Child::close);
        namespace.close();
        manifests.close();
        files.close();
    }
}
