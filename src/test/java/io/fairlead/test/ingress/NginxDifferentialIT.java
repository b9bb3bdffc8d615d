package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand valid requests through the ingress and through nginx, to the same server: it must see the same, and the
 * client get the same, but for what is meant to differ.
 *
 * <p>Confined to the test thread.
 */
@Tag("all")
@Timeout(60)
final class NginxDifferentialIT {

    private static final int REQUESTS = 1_000;
    private static final int SHOWN = 10;
    private static final String HOST = "shop.example";

    /**
     * Fields that are not compared, and why.
     *
     * <p>Immutable.
     */
    private record Apart(String names, String reason) {

        Set<String> all() {
            return Set.of(names.split(" ", -1));
        }
    }

    private static final List<Apart> AT_THE_BACKEND = List.of(
            new Apart(
                    "x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-real-ip x-request-id forwarded",
                    "the ingress says who the client is and drops what clients claim; nginx passes claims on"),
            new Apart("proxy", "CGI programs would take it for their proxy's address; nginx passes it on"),
            new Apart("proxy-connection", "of the hop to a proxy; nginx passes it on"),
            new Apart("expect", "nginx answers it itself; the ingress lets the backend decide"),
            new Apart("te", "the ingress passes trailers on and says so; nginx does neither"),
            new Apart("connection keep-alive", "of the hop"),
            new Apart("content-length transfer-encoding", "compared as content"),
            new Apart("host", "compared by itself"));

    private static final List<Apart> AT_THE_CLIENT = List.of(
            new Apart("connection keep-alive", "of the hop"),
            new Apart("content-length transfer-encoding", "compared as content"));

    /** What was got of a request at both ends. Immutable. */
    private record Outcome(Wire.Message seen, Wire.Message answer) {}

    @Test
    void theSameIsSeenAndGot(@TempDir Path folder) throws IOException {
        long seed = System.nanoTime();
        try (ManifestFolder manifests = new ManifestFolder();
                EchoPod pod = EchoPod.start("web-1");
                RealServer nginx = RealServer.nginx(folder, """
                        underscores_in_headers on;
                        ignore_invalid_headers off;
                        large_client_header_buffers 4 32k;
                        client_max_body_size 0;
                        keepalive_requests 100000;
                        upstream pod { server %s:9000; keepalive 8; }
                        server {
                            listen @:9000;
                            location / {
                                proxy_pass http://pod;
                                proxy_http_version 1.1;
                                proxy_set_header Connection "";
                                proxy_set_header Host $http_host;
                                proxy_pass_header Server;
                                proxy_pass_header Date;
                                proxy_request_buffering off;
                            }
                        }
                        """.formatted(pod.address()))) {
            manifests.write("all.yaml", Yaml.web("web", pod) + Yaml.ingress("web", HOST + " / web"));
            try (IngressProgram ingress = IngressProgram.start(manifests)) {
                List<RequestGenerator.Request> requests = new ArrayList<>();
                RequestGenerator generator = new RequestGenerator(seed, HOST);
                for (int i = 0; i < REQUESTS; i++) {
                    requests.add(generator.next());
                }
                try {
                    compare(
                            requests,
                            play(requests, ingress.http(), pod),
                            play(requests, new InetSocketAddress(nginx.address(), EchoPod.PORT), pod));
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed, e);
                }
            }
        }
    }

    /** Sends them over connections that are kept as long as they go on, some of them several at once. */
    private static List<Outcome> play(List<RequestGenerator.Request> requests, InetSocketAddress address, EchoPod pod) {
        List<Outcome> outcomes = new ArrayList<>();
        int next = 0;
        while (next < requests.size()) {
            try (H1Client client = H1Client.connect(address)) {
                boolean goesOn = true;
                while (goesOn && next < requests.size()) {
                    List<RequestGenerator.Request> some = together(requests, next);
                    some.forEach(request -> client.send(request.bytes()));
                    for (RequestGenerator.Request request : some) {
                        Outcome outcome = outcome(client, request, pod);
                        outcomes.add(outcome);
                        goesOn = !outcome.answer().field("Connection").equalsIgnoreCase("close")
                                && !request.closes()
                                && !request.head().contains("until-close");
                    }
                    next += some.size();
                }
            } catch (RuntimeException | AssertionError e) {
                List<RequestGenerator.Request> together = together(requests, next);
                throw new AssertionError(
                        "at " + requests.get(outcomes.size()) + " before "
                                + outcomes.subList(Math.max(0, outcomes.size() - 2), outcomes.size())
                                + "; sent with it: " + together.size() + " from " + next
                                + together.getLast().body().replaceAll("[^ -~\\r\\n]", "?"),
                        e);
            }
        }
        return outcomes;
    }

    /** Those that go out at once: none behind one that ends the connection. */
    private static List<RequestGenerator.Request> together(List<RequestGenerator.Request> requests, int from) {
        List<RequestGenerator.Request> some = new ArrayList<>();
        for (int i = from; i < Math.min(from + 1 + from % 4, requests.size()); i++) {
            RequestGenerator.Request each = requests.get(i);
            some.add(each);
            if (each.closes() || each.waits() || each.head().matches("(?s).*(closing|until-close|/1\\.0\r).*")) {
                break;
            }
        }
        return some;
    }

    private static Outcome outcome(H1Client client, RequestGenerator.Request request, EchoPod pod) {
        Wire.Message answer = client.answer(request.isHead());
        while (answer.status() < 200) {
            answer = client.answer(request.isHead());
        }
        String got = answer.toString();
        assertEquals(Integer.toString(request.number()), answer.field("Test-Id"), () -> request + got);
        return new Outcome(pod.taken(Integer.toString(request.number()), () -> request + got), answer);
    }

    private static void compare(List<RequestGenerator.Request> requests, List<Outcome> ours, List<Outcome> theirs) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            List<String> differences = new ArrayList<>();
            Wire.Message seen = ours.get(i).seen();
            Wire.Message seenBehind = theirs.get(i).seen();
            differ(differences, "request line", seen.startLine(), normal(seenBehind.startLine()));
            differ(differences, "host", seen.field("Host"), seenBehind.field("Host"));
            Set<String> hop = nominated(requests.get(i));
            differ(
                    differences,
                    "fields at the backend",
                    fields(seen, name -> apart(AT_THE_BACKEND, name) || hop.contains(name)),
                    fields(seenBehind, name -> apart(AT_THE_BACKEND, name) || hop.contains(name)));
            differ(differences, "content at the backend", sum(seen), sum(seenBehind));
            Wire.Message answer = ours.get(i).answer();
            Wire.Message answerOf = theirs.get(i).answer();
            differ(differences, "status line", answer.startLine(), answerOf.startLine());
            differ(
                    differences,
                    "fields at the client",
                    fields(answer, name -> apart(AT_THE_CLIENT, name)),
                    fields(answerOf, name -> apart(AT_THE_CLIENT, name)));
            boolean echo = answer.text().startsWith("pod ") && answerOf.text().startsWith("pod ");
            differ(
                    differences,
                    "kind of content at the client",
                    Boolean.toString(answer.content().bytes() > 0),
                    Boolean.toString(answerOf.content().bytes() > 0));
            if (echo) {
                differ(
                        differences,
                        "echo",
                        Echo.of(answer).target(),
                        normal(Echo.of(answerOf).target()));
            }
            if (!differences.isEmpty()) {
                wrong.add(requests.get(i) + String.join("\n", differences));
            }
        }
        assertEquals(
                List.of(),
                wrong.stream().limit(SHOWN).toList(),
                () -> wrong.size() + " of " + requests.size() + " differ");
    }

    private static void differ(List<String> differences, String what, String ours, String theirs) {
        if (!ours.equals(theirs)) {
            differences.add(what + ":\n    ingress " + ours + "\n    nginx   " + theirs);
        }
    }

    private static boolean apart(List<Apart> table, String name) {
        return table.stream().anyMatch(each -> each.all().contains(name));
    }

    /** Those that a request says are of its hop only (RFC 9110 section 7.6.1); nginx passes them on. */
    private static Set<String> nominated(RequestGenerator.Request request) {
        Set<String> names = new HashSet<>();
        for (String line : request.head().toLowerCase(Locale.ROOT).split("\r\n", -1)) {
            if (line.startsWith("connection:")) {
                for (String name : line.substring(11).split(",", -1)) {
                    names.add(name.strip());
                }
            }
        }
        return names;
    }

    /** By name, in the order in which those of one name came, with the case of their names. */
    private static String fields(Wire.Message message, Predicate<String> without) {
        Set<String> names = new TreeSet<>();
        message.fields().forEach(field -> names.add(field.name().toLowerCase(Locale.ROOT)));
        names.removeIf(without);
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            message.fields().stream().filter(field -> field.is(name)).forEach(text::append);
        }
        return text.toString();
    }

    /** Number and sum of the bytes; trailers are not compared, since nginx drops them. */
    private static String sum(Wire.Message message) {
        return message.content().bytes() + " " + message.content().sum();
    }

    /**
     * The request line with its target in normal form (RFC 3986 section 6.2.2), which the ingress matches and sends;
     * nginx matches it and sends the target as it came.
     */
    private static String normal(String line) {
        return NormalTarget.of(line);
    }
}
