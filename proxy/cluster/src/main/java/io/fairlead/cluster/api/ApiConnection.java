package io.fairlead.cluster.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import io.fairlead.cluster.source.decode.Quoted;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Streams answers of the API server. Every wait has an end: for the head of an answer, and for each next byte of it,
 * because a connection whose other end vanished looks like a silent one.
 *
 * <p>Thread-safe.
 */
public final class ApiConnection implements AutoCloseable {

    private static final Duration HEAD_MAX = Duration.ofSeconds(30);

    /** Of the server's own explanation of a refusal. */
    private static final int EXPLANATION_BYTES_MAX = 1 << 16;

    private static final long RETRY_AFTER_SECONDS_MAX = 60;

    private static final String JSON = "application/json";

    private final HttpClient client;
    private final ApiServers servers;

    private final JsonFactory json = new JsonFactory();
    private final Set<Answer> open = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> guarding;
    private final ScheduledExecutorService guard = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("api-guard").factory());

    public ApiConnection(KubernetesAccess access) {
        this.client = new JdkHttpClientFactory().newBuilder(access.config()).build();
        this.servers = access.servers();
        this.guarding = guard.scheduleWithFixedDelay(
                () -> open.forEach(Answer::closeIfSilent), 250, 250, TimeUnit.MILLISECONDS);
    }

    /**
     * Asks, and returns the answer's body as it arrives.
     *
     * @param silenceMax how long the server may send nothing
     * @throws ApiFailure if the server refuses, or does not answer
     */
    public InputStream get(String pathAndQuery, Duration silenceMax) throws InterruptedException {
        return ask(pathAndQuery, request -> request, silenceMax);
    }

    /**
     * Creates an object.
     *
     * @param path of the collection
     * @throws ApiFailure if the object was not created
     */
    public void post(String path, String json) throws InterruptedException {
        try (InputStream answer = ask(path, request -> request.post(JSON, json), HEAD_MAX)) {
            // The object as the server keeps it is of no use here; an answer read to its end leaves the connection
            // usable.
            answer.skip(EXPLANATION_BYTES_MAX);
        } catch (IOException e) {
            throw new ApiFailure("connection lost: " + Quoted.line(e.toString(), 200));
        }
    }

    /** Asks one server after the other until one answers, each once. */
    private Answer ask(String path, UnaryOperator<HttpRequest.Builder> method, Duration silenceMax)
            throws InterruptedException {
        ApiFailure last = new ApiFailure("no server");
        for (int left = servers.count(); left > 0; left--) {
            String server = servers.current();
            HttpRequest.Builder builder = client.newHttpRequestBuilder()
                    .uri(server + path)
                    .header("Accept", JSON)
                    .forStreaming();
            try {
                return send(method.apply(builder).build(), silenceMax, ApiServers.shown(server));
            } catch (ApiFailure e) {
                last = e;
                if (!e.isServersFault()) {
                    throw e;
                }
                servers.failed(server);
            }
        }
        throw last;
    }

    private Answer send(HttpRequest request, Duration silenceMax, String server) throws InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> pending = client.sendAsync(request, InputStream.class);
        HttpResponse<InputStream> response;
        try {
            response = pending.get(HEAD_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ApiFailure("no answer from " + server + ": " + Quoted.line(String.valueOf(e.getCause()), 200));
        } catch (TimeoutException e) {
            throw new ApiFailure("no answer from " + server + " within " + HEAD_MAX.toSeconds() + " s");
        } finally {
            pending.cancel(true);
        }
        Answer answer = new Answer(response.body(), silenceMax);
        open.add(answer);
        if (!response.isSuccessful()) {
            throw refusal(response, answer);
        }
        return answer;
    }

    private ApiFailure refusal(HttpResponse<InputStream> response, Answer answer) {
        Duration retryAfter = Duration.ZERO;
        String seconds = String.valueOf(response.header("Retry-After"));
        if (seconds.matches("[0-9]{1,6}")) {
            retryAfter = Duration.ofSeconds(Math.min(Long.parseLong(seconds), RETRY_AFTER_SECONDS_MAX));
        }
        return new ApiFailure(response.code(), "HTTP " + response.code() + explanation(answer), retryAfter);
    }

    /** The message of the Status object that comes with a refusal, if it is one. */
    private String explanation(Answer answer) {
        try (answer;
                JsonParser parser = json.createParser(new BoundedInput(answer, EXPLANATION_BYTES_MAX))) {
            parser.nextToken();
            String message =
                    Field.root(JsonTree.read(parser, false)).at("message").text(EXPLANATION_BYTES_MAX);
            return message.isEmpty() ? "" : ": " + Quoted.line(message, 200);
        } catch (IOException | InvalidInput e) {
            return "";
        }
    }

    @Override
    public void close() {
        guarding.cancel(false);
        guard.shutdown();
        open.forEach(Answer::abort);
        client.close();
    }

    /**
     * A body that notices when nobody sends any more. Another thread may close it to wake up its reader.
     *
     * <p>Thread-safe.
     */
    private final class Answer extends FilterInputStream {

        private final long silenceNanosMax;
        private volatile boolean reading;
        private volatile long sinceNanos;

        Answer(InputStream in, Duration silenceMax) {
            super(in);
            this.silenceNanosMax = silenceMax.toNanos();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            sinceNanos = System.nanoTime();
            reading = true;
            try {
                return super.read(target, offset, length);
            } finally {
                reading = false;
            }
        }

        void closeIfSilent() {
            if (reading && System.nanoTime() - sinceNanos > silenceNanosMax) {
                abort();
            }
        }

        void abort() {
            try {
                close();
            } catch (IOException e) {
                // It is given up in any case, and its reader notices.
                open.remove(this);
            }
        }

        @Override
        public void close() throws IOException {
            open.remove(this);
            super.close();
        }
    }
}
