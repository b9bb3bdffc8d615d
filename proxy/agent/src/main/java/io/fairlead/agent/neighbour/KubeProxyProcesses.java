package io.fairlead.agent.neighbour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Looks for a running kube-proxy: its process under {@code /proc}, its page on the usual port.
 *
 * <p>Immutable.
 *
 * @param metricsPort where kube-proxy serves its metrics on loopback
 */
record KubeProxyProcesses(Path proc, int metricsPort) {

    private static final int METRICS_PORT = 10249;
    private static final String NAME = "kube-proxy";
    private static final int TIMEOUT_MILLIS = 500;
    private static final int PAGE_BYTES_MAX = 2 << 20;

    /** What only kube-proxy's page says, also that of one that lives in a larger program. */
    private static final String MARK = "kubeproxy.config.k8s.io";

    /** When it last wrote the rules of a family; zero before the first time. */
    private static final Pattern SYNCED =
            Pattern.compile("(?m)^kubeproxy_sync_proxy_rules_last_timestamp_seconds(\\{[^}]*})? [1-9]");

    static KubeProxyProcesses ofThisMachine() {
        return new KubeProxyProcesses(Path.of("/proc"), METRICS_PORT);
    }

    List<KubeProxyEvidence> find() {
        List<KubeProxyEvidence> evidence = new ArrayList<>(processes());
        if (pageAnswers()) {
            evidence.add(new KubeProxyEvidence.Serving(metricsPort));
        }
        return evidence;
    }

    /**
     * Whether processes of the node are visible to us at all. In a container of its own process namespace only our own
     * are, and its first one shares our files.
     */
    boolean seesTheNode() {
        return text(proc.resolve("2/comm")).equals("kthreadd")
                || !namespace("1", "mnt").equals(namespace("thread-self", "mnt"));
    }

    private List<KubeProxyEvidence> processes() {
        List<KubeProxyEvidence> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (text(process.resolve("comm")).equals(NAME) && isAlive(process) && mayBeHere(process)) {
                    found.add(new KubeProxyEvidence.Running(
                            Long.parseLong(process.getFileName().toString())));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Without /proc the other evidence has to do.
            return List.of();
        }
        return found;
    }

    /** One that has ended and only waits for its parent writes nothing any more. */
    private static boolean isAlive(Path process) {
        return !text(process.resolve("stat")).matches("(?s)\\d+ \\(.*\\) [ZX] .*");
    }

    /** A process whose namespace we may not see counts as being here. */
    private boolean mayBeHere(Path process) {
        Optional<Path> theirs = namespace(process.getFileName().toString(), "net");
        return theirs.isEmpty() || theirs.equals(namespace("thread-self", "net"));
    }

    private Optional<Path> namespace(String process, String kind) {
        try {
            return Optional.of(
                    Files.readSymbolicLink(proc.resolve(process).resolve("ns").resolve(kind)));
        } catch (IOException notPermitted) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException gone) {
            return "";
        }
    }

    private boolean pageAnswers() {
        return page("/configz").contains(MARK);
    }

    /** How far its first sync is, by its metrics. Immutable. */
    enum Sync {
        /** There is no such page. */
        UNKNOWN,
        NOT_DONE,
        /** Of one family; kube-proxy serves both where the kernel has both. */
        OF_ONE_FAMILY,
        DONE
    }

    Sync sync() {
        String page = page("/metrics");
        if (!page.contains("\nkubeproxy_")) {
            return Sync.UNKNOWN;
        }
        return switch ((int) SYNCED.matcher(page).results().count()) {
            case 0 -> Sync.NOT_DONE;
            case 1 -> Sync.OF_ONE_FAMILY;
            default -> Sync.DONE;
        };
    }

    /** Empty if nobody answers. */
    private String page(String path) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), metricsPort), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return page(socket.getInputStream());
        } catch (IOException nobodyThere) {
            return "";
        }
    }

    /** Each read has a time-out, and so have all of them. */
    private static String page(InputStream in) throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
        byte[] part = new byte[8 << 10];
        for (int read = in.read(part); read > 0 && page.size() < PAGE_BYTES_MAX; read = in.read(part)) {
            page.write(part, 0, read);
            if (System.nanoTime() > deadline) {
                break;
            }
        }
        return page.toString(StandardCharsets.US_ASCII);
    }
}
