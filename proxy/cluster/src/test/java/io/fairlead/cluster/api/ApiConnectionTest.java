package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.source.FakeApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that is there no more is given up, and a quiet one is not.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
final class ApiConnectionTest {

    private static final ApiPatience QUICK =
            new ApiPatience(Duration.ofSeconds(1), Duration.ofMillis(300), Duration.ofMillis(700));
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String WATCH = FakeApiServer.SERVICES + "?watch=true&timeoutSeconds=600";

    private final FakeApiServer first = new FakeApiServer();
    private final FakeApiServer second = new FakeApiServer();
    private final ApiConnection api =
            new ApiConnection(KubernetesAccess.plain(List.of(first.url(), second.url())), QUICK);

    @AfterEach
    void close() {
        api.close();
        first.close();
        second.close();
    }

    @Test
    void anAnswerEndsWhenItsServerIsCutOffAndTheNextServerIsAsked() throws InterruptedException, IOException {
        InputStream watch = api.get(WATCH, LONG);
        first.cutOff(true);
        assertThrows(IOException.class, watch::read);
        try (InputStream answer = api.get(FakeApiServer.SERVICES, LONG)) {
            answer.readAllBytes();
        }
        assertEquals(1, second.requests().size());
    }

    @Test
    void aQuietAnswerOfAServerThatIsThereGoesOn() throws InterruptedException, IOException {
        try (InputStream watch = api.get(WATCH, LONG)) {
            Thread later = Thread.ofVirtual().start(() -> {
                while (first.requests().stream()
                                .filter(each -> each.startsWith("/version"))
                                .count()
                        < 3) {
                    Thread.onSpinWait();
                }
                first.put(FakeApiServer.SERVICES, "{\"metadata\": {\"namespace\": \"default\", \"name\": \"web\"}}");
            });
            assertEquals('{', watch.read());
            later.join();
        }
        assertEquals(List.of(), second.requests());
    }

    @Test
    void anAnswerOfAServerThatIsNotAskedAnyMoreEndsToo() throws InterruptedException, IOException {
        InputStream watch = api.get(WATCH, LONG);
        first.refuse(FakeApiServer.NODES, 503, 1);
        try (InputStream answer = api.get(FakeApiServer.NODES, LONG)) {
            answer.readAllBytes();
        }
        InputStream other = api.get(WATCH, LONG);
        assertTrue(
                second.requests().stream().anyMatch(request -> request.contains("watch")),
                () -> second.requests().toString());
        first.cutOff(true);
        assertThrows(IOException.class, watch::read);
        other.close();
    }

    /** An Event may be on its way while the agent stops. */
    @Test
    void aConnectionThatIsClosedAnswersNobody() {
        api.close();
        ApiFailure failure = assertThrows(ApiFailure.class, () -> api.get(FakeApiServer.NODES, LONG));
        assertTrue(String.valueOf(failure.getMessage()).contains("not sent"), failure::toString);
    }

    @Test
    void aRequestThatIsNotAnsweredGoesToTheNextServer() throws InterruptedException, IOException {
        first.cutOff(true);
        try (InputStream answer = api.get(FakeApiServer.SERVICES, LONG)) {
            answer.readAllBytes();
        }
        second.cutOff(true);
        assertThrows(ApiFailure.class, () -> api.get(FakeApiServer.SERVICES, LONG));
        first.cutOff(false);
        try (InputStream answer = api.get(FakeApiServer.SERVICES, LONG)) {
            answer.readAllBytes();
        }
    }
}
