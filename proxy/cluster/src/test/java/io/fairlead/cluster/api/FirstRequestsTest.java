package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class FirstRequestsTest {

    private static final String SERVER = "https://192.0.2.1";

    private final HttpClient client =
            KubernetesAccess.plain(List.of(SERVER)).clients().build();
    private final FirstRequests requests = new FirstRequests();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        client.close();
    }

    private void ask() throws InterruptedException {
        asked.incrementAndGet();
        begun.countDown();
        answer.await();
    }

    private void refuse(ApiFailure failure) throws InterruptedException {
        ask();
        throw failure;
    }

    private Future<?> begin(ExecutorService threads, FirstRequests.Question question) {
        return threads.submit(() -> {
            requests.await(SERVER, client, question);
            return null;
        });
    }

    @Test
    void othersWaitForTheFirstAndDoNotAsk() throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> first = begin(threads, this::ask);
            begun.await();
            Future<?> other = begin(threads, this::ask);
            Thread.sleep(Duration.ofMillis(50));
            assertEquals(Future.State.RUNNING, other.state());
            answer.countDown();
            first.get();
            other.get();
        }
        requests.await(SERVER, client, this::ask);
        assertEquals(1, asked.get());
    }

    @Test
    void withoutAnAnswerAllFailAndTheNextAsksAgain() throws Exception {
        ApiFailure silence = new ApiFailure("no answer");
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> first = begin(threads, () -> refuse(silence));
            begun.await();
            Future<?> other = begin(threads, this::ask);
            Thread.sleep(Duration.ofMillis(50));
            answer.countDown();
            assertSame(
                    silence, assertThrows(ExecutionException.class, first::get).getCause());
            assertSame(
                    silence, assertThrows(ExecutionException.class, other::get).getCause());
        }
        requests.await(SERVER, client, this::ask);
        assertEquals(2, asked.get());
    }

    @Test
    void aRefusalIsAnAnswer() throws InterruptedException {
        answer.countDown();
        requests.await(SERVER, client, () -> refuse(new ApiFailure(403, "forbidden", Duration.ZERO)));
        requests.await(SERVER, client, this::ask);
        assertEquals(1, asked.get());
    }

    @Test
    void eachServerAndEachClientHasItsOwnFirst() throws InterruptedException {
        answer.countDown();
        requests.await(SERVER, client, this::ask);
        requests.await("https://192.0.2.2", client, this::ask);
        requests.forget(client);
        requests.await(SERVER, client, this::ask);
        assertEquals(3, asked.get());
    }
}
