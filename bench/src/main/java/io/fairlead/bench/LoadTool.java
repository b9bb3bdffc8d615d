package io.fairlead.bench;

import io.fairlead.bench.ingress.Contender;
import io.fairlead.bench.ingress.HandshakeClient;
import io.fairlead.bench.ingress.Traffic;
import io.fairlead.bench.process.Figures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The clients that load proxies, and what they say of it. An answer that was not asked for fails the benchmark.
 *
 * <p>Confined to the main thread.
 */
record LoadTool(IngressStage stage) {

    /** Beyond what a client was told to take. */
    private static final int SLACK_SECONDS = 30;

    private static final Pattern WRK_REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern WRK_ERRORS = Pattern.compile("(Non-2xx or 3xx responses|Socket errors):.*");
    private static final Pattern H2LOAD_REQUESTS = Pattern.compile("status codes: (\\d+) 2xx, 0 3xx, 0 4xx, 0 5xx");

    /** HTTP/1.1: each request is for a random host. */
    IngressRace.Load http1(String path, int connections) {
        Path script = stage.files().wrk();
        return (on, seconds) -> {
            String said = stage.client(
                    List.of(
                            "wrk",
                            "-t1",
                            "-c" + connections,
                            "-d" + seconds + "s",
                            "--timeout=" + SLACK_SECONDS + "s",
                            "-s",
                            script.toString(),
                            "http://" + Contender.ADDRESS + ":" + on.plainPort() + path),
                    seconds + SLACK_SECONDS);
            if (WRK_ERRORS.matcher(said).find()) {
                throw new IllegalStateException(on.label() + ": " + said);
            }
            return count(WRK_REQUESTS, said, on);
        };
    }

    /** HTTP/1.1 with TLS 1.3: all connections are for one host, and the cipher is the same for all proxies. */
    IngressRace.Load secure(String path, int connections) {
        return (on, seconds) -> h2load(
                on,
                seconds,
                List.of("--h1", "-c" + connections, "--tls13-ciphers=TLS_AES_128_GCM_SHA256"),
                on.securePort(),
                "https://" + Traffic.host(7) + path);
    }

    /** HTTP/2 without TLS. */
    IngressRace.Load http2(String path, int connections, int streams) {
        return (on, seconds) -> h2load(
                on,
                seconds,
                List.of("-c" + connections, "-m" + streams),
                on.http2Port(),
                "http://" + Traffic.host(7) + path);
    }

    /** A gRPC call with a message there and one back. */
    IngressRace.Load grpc(int connections, int streams) {
        List<String> options = List.of(
                "-c" + connections,
                "-m" + streams,
                "-d",
                stage.files().grpcMessage().toString(),
                "-Hcontent-type: application/grpc",
                "-Hte: trailers",
                "-Huser-agent: grpc-java-netty/1.68.0",
                "-Hgrpc-accept-encoding: gzip",
                "-Hgrpc-timeout: 10S");
        return (on, seconds) -> grpcCall(on, seconds, options);
    }

    private long grpcCall(Contender on, int seconds, List<String> options) {
        String said = run(on, seconds, options, on.http2Port(), "http://" + Traffic.GRPC_HOST + "/bench.Echo/Say");
        return count(H2LOAD_REQUESTS, said, on);
    }

    private long h2load(Contender on, int seconds, List<String> options, int port, String uri) {
        List<String> all = new ArrayList<>(options);
        for (String field : Traffic.FIELDS) {
            // HTTP/2 has no such field (RFC 9113, section 8.2.2), and HTTP/1.1 does not need it.
            if (!Traffic.name(field).equals("Connection")) {
                all.add("-H" + field);
            }
        }
        return count(H2LOAD_REQUESTS, run(on, seconds, all, port, uri), on);
    }

    private String run(Contender on, int seconds, List<String> options, int port, String uri) {
        List<String> command = new ArrayList<>(List.of("h2load", "-t1", "-D" + seconds));
        command.addAll(options);
        command.add("--connect-to=" + Contender.ADDRESS + ":" + port);
        command.add(uri);
        String said = stage.client(command, seconds + SLACK_SECONDS);
        if (!said.contains(" 0 failed, 0 errored, 0 timeout")) {
            throw new IllegalStateException(on.label() + ": " + said);
        }
        return said;
    }

    /** Full handshakes of TLS 1.3. */
    IngressRace.Load handshakes(int hosts) {
        return (on, seconds) -> {
            List<String> words =
                    List.of(Integer.toString(on.securePort()), Integer.toString(hosts), Integer.toString(seconds));
            return (long) Figures.parse(stage.client(HandshakeClient.class, words, seconds + SLACK_SECONDS))
                    .get("handshakes");
        };
    }

    private static long count(Pattern pattern, String said, Contender on) {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IllegalStateException(on.label() + ": " + said);
        }
        return Long.parseLong(matcher.group(1));
    }
}
