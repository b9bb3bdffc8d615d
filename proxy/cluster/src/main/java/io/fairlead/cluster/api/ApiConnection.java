package io.fairlead.cluster.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fairlead.cluster.source.decode.BoundedInput;
import io.fairlead.cluster.source.decode.Field;
import io.fairlead.cluster.source.decode.InvalidInput;
import io.fairlead.cluster.source.decode.JsonTree;
import io.fairlead.cluster.source.decode.Quoted;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Streams answers of the API server. Every wait has an end: for the head of an answer, and for each next byte of it,
 * because a connection whose other end vanished looks like a silent one. Therefore, when nothing arrives for a while, the
 * server is asked for its version; if it does not answer, all connections are given up and others are made, at the next
 * server if there is one.
 *
 * <p>Thread-safe.
 */
public final class ApiConnection implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ApiConnection.class.getName());

    /** Which every server answers to everybody whom it knows; anything that it says shows that it is there. */
    private static final String PROBE = "/version";

    /** Of the server's own explanation of a refusal. */
    private static final int EXPLANATION_BYTES_MAX = 1 << 16;

    private static final long RETRY_AFTER_SECONDS_MAX = 60;

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String JSON_PATCH = "application/json-patch+json";

    private final HttpClient.Builder clients;
    private final ApiServers servers;
    private final ApiPatience patience;
    private final FirstRequests firstRequests = new FirstRequests();
    private volatile HttpClient client;
    /** When a server last said something, by its URL. */
    private final Map<String, AtomicLong> heardNanos = new ConcurrentHashMap<>();

    private volatile boolean probing;

    private final JsonFactory json = new JsonFactory();
    private final Set<Answer> open = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> guarding;
    private final ScheduledExecutorService guard = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("api-guard").factory());

    public ApiConnection(KubernetesAccess access) {
        this(access, ApiPatience.STANDARD);
    }

    ApiConnection(KubernetesAccess access, ApiPatience patience) {
        this.clients = access.clients();
        this.client = clients.build();
        this.servers = access.servers();
        this.patience = patience;
        this.guarding = guard.scheduleWithFixedDelay(this::watch, 250, 250, TimeUnit.MILLISECONDS);
    }

    /**
     * Does what the first connection over TLS would do first, most of all the tables of the curve that every client hello
     * offers: a quarter of a second once. For a thread of its own that does so while others do something else.
     */
    public static void prepare() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(new ECGenParameterSpec("secp256r1"));
            keys.generateKeyPair();
        } catch (GeneralSecurityException e) {
            LOG.log(Level.DEBUG, "nothing was prepared for TLS", e);
        }
    }

    /** Gives up answers that were silent for too long, and finds out whether a silent server is still there. */
    private void watch() {
        open.forEach(Answer::closeIfSilent);
        long now = System.nanoTime();
        Optional<Answer> silent = probing
                ? Optional.empty()
                : open.stream()
                        .filter(answer -> answer.reading
                                && now - heard(answer.server).get()
                                        > patience.probeAfter().toNanos())
                        .findAny();
        silent.ifPresent(answer -> {
            probing = true;
            Thread.ofVirtual().name("api probe").start(() -> probe(answer.server, answer.client));
        });
    }

    private AtomicLong heard(String server) {
        return heardNanos.computeIfAbsent(server, _ -> new AtomicLong(System.nanoTime()));
    }

    private void probe(String server, HttpClient asked) {
        try {
            askForVersion(server, asked, patience.probeMax());
        } catch (ApiFailure e) {
            if (e.isServersFault()) {
                LOG.log(Level.DEBUG, "giving up all connections: {0}", e.getMessage());
                servers.failed(server, e.isUntrusted());
                renew(asked);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            heard(server).set(System.nanoTime());
            probing = false;
        }
    }

    private void askForVersion(String server, HttpClient asked, Duration headMax) throws InterruptedException {
        try (Answer answer =
                send(server, request(asked, server + PROBE).build(), asked, headMax, patience.probeMax())) {
            answer.skip(EXPLANATION_BYTES_MAX);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the answer to a probe broke off", e);
        }
    }

    /** A connection that is dead stays in the client's pool, so the client is replaced with it. */
    private synchronized void renew(HttpClient dead) {
        if (client.equals(dead) && !guard.isShutdown()) {
            client = clients.build();
            firstRequests.forget(dead);
            open.stream().filter(answer -> answer.client.equals(dead)).forEach(Answer::abort);
            Thread.ofVirtual().name("api client end").start(dead::close);
        }
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
        write(path, request -> request.post(JSON, json));
    }

    /**
     * Changes fields of an object, by a merge patch (RFC 7396).
     *
     * @param path of the object
     * @throws ApiFailure if the object was not changed
     */
    public void patch(String path, String json) throws InterruptedException {
        write(path, request -> request.method("PATCH", MERGE_PATCH, json));
    }

    /**
     * Changes an object by a list of steps, of which some may be tests, all or none of them (RFC 6902).
     *
     * @param path of the object
     * @throws ApiFailure if the object was not changed; it says {@link ApiFailure#isInvalid} if a test failed
     */
    public void patchSteps(String path, String json) throws InterruptedException {
        write(path, request -> request.method("PATCH", JSON_PATCH, json));
    }

    private void write(String path, UnaryOperator<HttpRequest.Builder> method) throws InterruptedException {
        try (InputStream answer = ask(path, method, patience.headMax())) {
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
            HttpClient asked = client;
            try {
                if (server.startsWith("https://")) {
                    firstRequests.await(server, asked, () -> askForVersion(server, asked, patience.headMax()));
                }
                HttpRequest request =
                        method.apply(request(asked, server + path)).build();
                return send(server, request, asked, patience.headMax(), silenceMax);
            } catch (ApiFailure e) {
                last = e;
                if (!e.isServersFault()) {
                    throw e;
                }
                servers.failed(server, e.isUntrusted());
            }
        }
        throw last;
    }

    private static HttpRequest.Builder request(HttpClient asked, String url) {
        return asked.newHttpRequestBuilder().uri(url).header("Accept", JSON).forStreaming();
    }

    private Answer send(String base, HttpRequest request, HttpClient asked, Duration headMax, Duration silenceMax)
            throws InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> pending = begin(request, asked);
        HttpResponse<InputStream> response;
        // Without a password, which a URL may carry.
        URI uri = request.uri();
        String server = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        try {
            response = pending.get(headMax.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            String message = "no answer from " + server + ": " + Quoted.line(String.valueOf(e.getCause()), 200);
            throw isAboutTrust(e) ? ApiFailure.untrusted(message) : new ApiFailure(message);
        } catch (TimeoutException e) {
            // One request may be slow while others go on; then a probe tells whether the server is there.
            if (open.stream().noneMatch(answer -> answer.client.equals(asked))) {
                renew(asked);
            }
            throw new ApiFailure("no answer from " + server + " within " + headMax.toSeconds() + " s");
        } finally {
            pending.cancel(true);
        }
        heard(base).set(System.nanoTime());
        Answer answer = new Answer(response.body(), base, asked, silenceMax);
        open.add(answer);
        if (!response.isSuccessful()) {
            throw refusal(response, answer);
        }
        return answer;
    }

    private static CompletableFuture<HttpResponse<InputStream>> begin(HttpRequest request, HttpClient asked) {
        try {
            return asked.sendAsync(request, InputStream.class);
        } catch (IllegalStateException e) {
            // Another thread has closed or renewed it since.
            throw new ApiFailure("not sent: " + Quoted.line(String.valueOf(e.getMessage()), 200));
        }
    }

    private static boolean isAboutTrust(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
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

    /** Ends all answers; whoever reads one gets an error. */
    @Override
    public synchronized void close() {
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

        private final String server;
        private final HttpClient client;
        private final long silenceNanosMax;
        private volatile boolean reading;
        private volatile long sinceNanos;

        Answer(InputStream in, String server, HttpClient client, Duration silenceMax) {
            super(in);
            this.server = server;
            this.client = client;
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
                heard(server).set(System.nanoTime());
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
