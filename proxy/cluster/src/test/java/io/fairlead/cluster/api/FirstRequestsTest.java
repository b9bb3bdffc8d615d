package io.fairlead.cluster.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        client.close();
    }

    private void ask() throws InterruptedException {
        asked.incrementAndGet();
        answer.await();
    }

    private void refuse(ApiFailure failure) throws InterruptedException {
        ask();
        throw failure;
    }

    private FutureTask<Void> task(FirstRequests.Question question) {
        return new FutureTask<>(() -> {
            requests.await(SERVER, client, question);
            return null;
        });
    }

    /** Returns when one has asked, and the task can do nothing but wait. */
    private void startAndAwaitWaiting(FutureTask<Void> task) {
        Thread thread = Thread.ofPlatform().daemon().start(task);
        while (asked.get() == 0 || thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void othersWaitForTheFirstAndDoNotAsk() throws Exception {
        FutureTask<Void> first = task(this::ask);
        startAndAwaitWaiting(first);
        FutureTask<Void> other = task(this::ask);
        startAndAwaitWaiting(other);
        assertEquals(1, asked.get());
        answer.countDown();
        first.get();
        other.get();
        requests.await(SERVER, client, this::ask);
        assertEquals(1, asked.get());
    }

    @Test
    void withoutAnAnswerAllFailAndTheNextAsksAgain() throws Exception {
        ApiFailure silence = new ApiFailure("no answer");
        FutureTask<Void> first = task(() -> refuse(silence));
        startAndAwaitWaiting(first);
        FutureTask<Void> other = task(this::ask);
        startAndAwaitWaiting(other);
        answer.countDown();
        assertSame(silence, assertThrows(ExecutionException.class, first::get).getCause());
        assertSame(silence, assertThrows(ExecutionException.class, other::get).getCause());
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
