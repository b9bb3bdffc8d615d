package io.fairlead.cluster.api;

import io.fabric8.kubernetes.client.http.HttpClient;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Lets the first request of a client go to a server alone. With HTTP/2 all later ones share its connection; those that
 * came before there is one would each make their own, with all that TLS costs both sides, and keep it. Requests that come
 * at the same time after that connection was lost do so.
 *
 * <p>Thread-safe.
 */
final class FirstRequests {

    /** Something small; fails as any request does. */
    interface Question {
        void ask() throws InterruptedException;
    }

    /** Which connection a request would go over. Immutable. */
    private record Route(String server, HttpClient client) {}

    private final Map<Route, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();

    /**
     * Asks if nobody has, or waits for whoever does; at once if there was an answer before, even a refusal.
     *
     * @throws ApiFailure if there was no answer now; the next to come asks again
     */
    void await(String server, HttpClient client, Question question) throws InterruptedException {
        Route route = new Route(server, client);
        CompletableFuture<Void> own = new CompletableFuture<>();
        CompletableFuture<Void> first = asked.putIfAbsent(route, own);
        if (first == null) {
            ask(route, own, question);
            return;
        }
        try {
            first.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ApiFailure failure ? failure : new ApiFailure("no answer from " + server);
        }
    }

    private void ask(Route route, CompletableFuture<Void> answer, Question question) throws InterruptedException {
        try {
            question.ask();
        } catch (ApiFailure e) {
            if (!e.isAnswer()) {
                asked.remove(route);
                answer.completeExceptionally(e);
                throw e;
            }
        } catch (InterruptedException | RuntimeException e) {
            asked.remove(route);
            answer.completeExceptionally(e);
            throw e;
        }
        answer.complete(null);
    }

    /** A client that is not used any more. */
    void forget(HttpClient client) {
        asked.keySet().removeIf(route -> route.client.equals(client));
    }
}
