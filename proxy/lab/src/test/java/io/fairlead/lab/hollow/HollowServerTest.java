package io.fairlead.lab.hollow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of lists and watches, and the ways to fail. */
@Timeout(20)
final class HollowServerTest {

    private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    private static final Pattern LIST_VERSION = Pattern.compile("\"metadata\":\\{\"resourceVersion\":\"([0-9]+)\"");
    private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\"([0-9]+)\"");
    private static final Pattern CONTINUE = Pattern.compile("\"continue\":\"([^\"]+)\"");
    private static final Pattern NAME = Pattern.compile("\"metadata\":\\{\"name\":\"([^\"]+)\"");

    private final HollowCluster cluster = new HollowCluster(HollowShape.of(20, 3, 4, 7));
    private final HollowServer server =
            HollowServer.start(cluster, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        client.shutdownNow();
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).build();
    }

    private BufferedReader watch(String path, String parameters) throws Exception {
        HttpResponse<InputStream> answer =
                client.send(request(path + "?watch=true&" + parameters), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertTrue(matcher.find(), text);
        return matcher.group(1);
    }

    private void change(int times) {
        for (int i = 0; i < times; i++) {
            server.apply(cluster.next(Instant.now()).changes());
        }
    }

    /** The version of a list of this moment. */
    private String now() throws Exception {
        return find(LIST_VERSION, get(SLICES + "?limit=1").body());
    }

    @Test
    void pagesAreOfOneMoment() throws Exception {
        String page = get(SLICES + "?limit=6").body();
        String version = find(LIST_VERSION, page);
        Set<String> names = new HashSet<>();
        while (true) {
            NAME.matcher(page).results().forEach(match -> assertTrue(names.add(match.group(1)), match::group));
            assertEquals(version, find(LIST_VERSION, page));
            Matcher next = CONTINUE.matcher(page);
            if (!next.find()) {
                break;
            }
            change(50);
            page = get(SLICES + "?limit=6&continue=" + next.group(1)).body();
        }
        assertEquals(20, names.size());
    }

    @Test
    void watchTellsWhatHappensAfterTheList() throws Exception {
        String version = now();
        try (BufferedReader events = watch(SLICES, "resourceVersion=" + version)) {
            long last = Long.parseLong(version);
            for (int i = 0; i < 100; i++) {
                change(1);
                while (last < serverVersion()) {
                    String event = events.readLine();
                    assertTrue(event.matches("\\{\"type\":\"(ADDED|MODIFIED|DELETED)\".*"), event);
                    long next = Long.parseLong(find(VERSION, event));
                    assertTrue(next > last, event);
                    last = next;
                }
            }
        }
    }

    /** Of the last change of a slice. */
    private long serverVersion() throws Exception {
        return VERSION.matcher(get(SLICES).body().replaceFirst("\"metadata\":\\{\"resourceVersion.*", ""))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .max()
                .orElseThrow();
    }

    @Test
    void streamingListEndsWithItsBookmark() throws Exception {
        String parameters = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        try (BufferedReader events = watch("/api/v1/services", parameters)) {
            for (int i = 0; i < 20; i++) {
                assertTrue(events.readLine().startsWith("{\"type\":\"ADDED\""));
            }
            assertTrue(events.readLine().contains("\"k8s.io/initial-events-end\":\"true\""));
        }
        assertEquals(422, get("/api/v1/services?watch=1&sendInitialEvents=true").statusCode());
    }

    @Test
    void watchEndsInTimeWithABookmark() throws Exception {
        String version = now();
        try (BufferedReader events =
                watch(SLICES, "resourceVersion=" + version + "&allowWatchBookmarks=true&timeoutSeconds=1")) {
            assertTrue(events.readLine().startsWith("{\"type\":\"BOOKMARK\""));
            assertEquals(-1, events.read());
        }
    }

    @Test
    void pastThatIsForgottenIsGone() throws Exception {
        String page = get(SLICES + "?limit=6").body();
        String version = find(LIST_VERSION, page);
        change(1);
        server.compactHistory();
        try (BufferedReader events = watch(SLICES, "resourceVersion=" + version)) {
            String event = events.readLine();
            assertTrue(event.startsWith("{\"type\":\"ERROR\"") && event.contains("\"code\":410"), event);
            assertEquals(-1, events.read());
        }
        assertEquals(
                410, get(SLICES + "?limit=6&continue=" + find(CONTINUE, page)).statusCode());
        assertEquals(
                504,
                get(SLICES + "?watch=1&resourceVersion=" + Long.MAX_VALUE / 10).statusCode());
    }

    @Test
    void selectorsAreHonoured() throws Exception {
        assertEquals(
                List.of("hollow-2"),
                NAME.matcher(get("/api/v1/nodes?fieldSelector=metadata.name%3Dhollow-2")
                                .body())
                        .results()
                        .map(match -> match.group(1))
                        .toList());
        String label = "?labelSelector=kubernetes.io%2Fservice-name%3Dcart-1";
        assertEquals(1, NAME.matcher(get(SLICES + label).body()).results().count());
        String absent = "?labelSelector=%21service.kubernetes.io%2Fheadless%2C%21kubernetes.io%2Fservice-name";
        assertEquals(0, NAME.matcher(get(SLICES + absent).body()).results().count());
        assertEquals(400, get(SLICES + "?labelSelector=a%20in%20%28b%29").statusCode());
        assertEquals(404, get("/api/v1/pods").statusCode());
        assertEquals(200, get("/api/v1/nodes/hollow-1").statusCode());
    }

    @Test
    void laggingWatchTellsLater() throws Exception {
        Duration lag = Duration.ofMillis(300);
        try (BufferedReader events = watch(SLICES, "resourceVersion=" + now())) {
            server.delayEvents(lag);
            long start = System.nanoTime();
            change(3);
            events.readLine();
            assertTrue(System.nanoTime() - start >= lag.toNanos());
        }
    }

    @Test
    void connectionsCanBeCut() throws Exception {
        try (BufferedReader events = watch(SLICES, "resourceVersion=" + now())) {
            server.setReachable(false);
            assertThrows(IOException.class, events::readLine);
        }
        assertThrows(IOException.class, () -> get("/version"));
        server.setReachable(true);
        assertEquals(200, get("/version").statusCode());
    }

    @Test
    void endsConversationsThatAreNone() throws IOException {
        for (String hostile : List.of(
                "GET / HTTP/1.0\r\n\r\n",
                "nonsense\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "GET /%%% HTTP/1.1\r\n\r\n",
                "GET /?a=%zz HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nA: " + "a".repeat(1 << 16))) {
            try (Socket socket =
                    new Socket(server.address().getAddress(), server.address().getPort())) {
                socket.getOutputStream().write(hostile.getBytes(StandardCharsets.US_ASCII));
                assertFalse(answers(socket), hostile);
            }
        }
    }

    private static boolean answers(Socket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
