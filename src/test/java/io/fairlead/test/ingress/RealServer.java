package io.fairlead.test.ingress;

import io.fairlead.lab.kube.Judges;
import io.fairlead.test.Poll;
import io.fairlead.test.program.Fairlead;
import io.fairlead.test.program.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * nginx or HAProxy as a Pod has it: on an address of its own, {@link EchoPod#PORT}.
 *
 * <p>Confined to the test thread.
 */
final class RealServer implements AutoCloseable {

    private static final Judges JUDGES = new Judges(Fairlead.ROOT.resolve("target/judges"));
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private final String address;
    private final List<String> line;
    private final Program program;

    private RealServer(String address, List<String> line) {
        this.address = address;
        this.line = line;
        program = Program.start(line);
        Poll.until("it listens: " + String.join(" ", line), START_MAX, () -> {
            if (!program.isAlive()) {
                throw new AssertionError(program.awaitEnd(START_MAX));
            }
            return listens();
        });
    }

    /** @param http what stands in the block {@code http}; an @ is its address */
    static RealServer nginx(Path folder, String http) throws IOException {
        String address = Loopback.next();
        Path file = folder.resolve("nginx-" + address + ".conf");
        Files.writeString(file, """
                daemon off;
                user root;
                worker_processes 1;
                error_log %1$s/nginx.log;
                pid %1$s/nginx.pid;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/b;
                    proxy_temp_path %1$s/p;
                    fastcgi_temp_path %1$s/f;
                    uwsgi_temp_path %1$s/u;
                    scgi_temp_path %1$s/s;
                    %2$s
                }
                """.formatted(folder, http.replace("@", address)));
        List<String> line = new ArrayList<>(JUDGES.server("nginx"));
        line.addAll(
                List.of("-c", file.toString(), "-e", folder.resolve("nginx.log").toString()));
        return new RealServer(address, line);
    }

    /** @param configuration in which an @ is its address */
    static RealServer haproxy(Path folder, String configuration) throws IOException {
        String address = Loopback.next();
        Path file = folder.resolve("haproxy-" + address + ".cfg");
        Files.writeString(file, configuration.replace("@", address));
        List<String> line = new ArrayList<>(JUDGES.server("haproxy"));
        line.addAll(List.of("-db", "-f", file.toString()));
        return new RealServer(address, line);
    }

    private boolean listens() {
        try (H1Client client = H1Client.connect(new InetSocketAddress(address, EchoPod.PORT))) {
            return client.socket().isConnected();
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    String address() {
        return address;
    }

    /** Starts other workers; the old ones end, and with them their idle connections. */
    void reload() {
        program.signal("HUP");
    }

    /** The same once more, after it ended. */
    RealServer again() {
        return new RealServer(address, line);
    }

    /** Ends it, for {@link #again}. */
    void end() {
        program.close();
    }

    @Override
    public void close() {
        end();
    }
}
