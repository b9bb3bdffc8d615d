package io.fairlead.test.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * gRPC by grpc-java on both sides: calls of each of the four kinds, deadlines, and statuses in trailers.
 *
 * <p>Confined to the test thread.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GrpcIT {

    private static final String HOST = "grpc.example";
    private static final int PORT = 9001;
    private static final Metadata.Key<String> WHY = Metadata.Key.of("why", Metadata.ASCII_STRING_MARSHALLER);

    private static final MethodDescriptor<String, String> UNARY = method("Unary", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> DOWN =
            method("Down", MethodDescriptor.MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<String, String> UP =
            method("Up", MethodDescriptor.MethodType.CLIENT_STREAMING);
    private static final MethodDescriptor<String, String> BOTH =
            method("Both", MethodDescriptor.MethodType.BIDI_STREAMING);

    private final ManifestFolder manifests = new ManifestFolder();
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    private IngressProgram ingress;
    private Server server;
    private ManagedChannel channel;

    /** Text as it is, instead of a language of messages. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("fairlead.test.Echo", name))
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    @BeforeAll
    void start() throws IOException {
        String pod = Loopback.next();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(pod, PORT))
                .addService(ServerInterceptors.intercept(service(), new Refusing()))
                .build()
                .start();
        manifests.write("secret.yaml", Yaml.secret("tls", TestCertificate.of("grpc", HOST)));
        List<String> grpc = List.of("backend-protocol=GRPC");
        manifests.write(
                "ingress.yaml",
                Yaml.ingress("grpc", List.of(HOST + " tls"), grpc, HOST + " / grpc")
                        + Yaml.ingress("plain", List.of(), grpc, "plain.example / grpc"));
        manifests.write(
                "web.yaml",
                Yaml.service("grpc") + Yaml.endpoints("grpc", PORT, List.of(Yaml.endpoint(pod, true, true, false))));
        ingress = IngressProgram.start(manifests);
        channel = NettyChannelBuilder.forAddress(ingress.http())
                .overrideAuthority("plain.example")
                .usePlaintext()
                .build();
    }

    @AfterAll
    void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        ingress.close();
        manifests.close();
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("fairlead.test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(GrpcIT::down))
                .addMethod(UP, ServerCalls.asyncClientStreamingCall(Counter::new))
                .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(Mirror::new))
                .build();
    }

    private void unary(String request, StreamObserver<String> answer) {
        switch (request) {
            case "never" ->
                ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(() -> cancelled.complete(true));
            case "fail" -> {
                Metadata trailers = new Metadata();
                trailers.put(WHY, "as asked");
                answer.onError(
                        Status.FAILED_PRECONDITION.withDescription("no: %").asRuntimeException(trailers));
            }
            default -> {
                answer.onNext(request);
                answer.onCompleted();
            }
        }
    }

    private static void down(String request, StreamObserver<String> answer) {
        for (int i = 0; i < Integer.parseInt(request); i++) {
            answer.onNext("message " + i);
        }
        answer.onCompleted();
    }

    /** Answers calls that say so with a status alone, in which head and trailers are one. */
    private static final class Refusing implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata head, ServerCallHandler<Q, A> next) {
            if (head.containsKey(WHY)) {
                call.close(Status.PERMISSION_DENIED.withDescription(head.get(WHY)), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, head);
        }
    }

    /** Says how much came. */
    private static final class Counter implements StreamObserver<String> {

        private final StreamObserver<String> answer;
        private int count;
        private long length;

        Counter(StreamObserver<String> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(String value) {
            count++;
            length += value.length();
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            answer.onNext(count + " messages of " + length);
            answer.onCompleted();
        }
    }

    /** Sends back what came. */
    private static final class Mirror implements StreamObserver<String> {

        private final StreamObserver<String> answer;

        Mirror(StreamObserver<String> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(String value) {
            answer.onNext(value);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            answer.onCompleted();
        }
    }

    private static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20));
    }

    private String unary(String request) {
        return ClientCalls.blockingUnaryCall(channel, UNARY, options(), request);
    }

    @Test
    void callsAreAnswered() {
        assertEquals("hello", unary("hello"));
        String big = "x".repeat(3_000_000);
        assertEquals(big, unary(big));
        for (int i = 0; i < 200; i++) {
            assertEquals("call " + i, unary("call " + i));
        }
    }

    @Test
    void callsOverTlsAreAnswered() throws Exception {
        ManagedChannel secure = NettyChannelBuilder.forAddress(ingress.https())
                .overrideAuthority(HOST)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build())
                .build();
        try {
            assertEquals("hello", ClientCalls.blockingUnaryCall(secure, UNARY, options(), "hello"));
        } finally {
            secure.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void answersStream() {
        Iterator<String> answers = ClientCalls.blockingServerStreamingCall(channel, DOWN, options(), "20000");
        for (int i = 0; i < 20_000; i++) {
            assertEquals("message " + i, answers.next());
        }
        assertTrue(!answers.hasNext());
    }

    @Test
    void requestsStream() throws Exception {
        Collected answers = new Collected();
        StreamObserver<String> requests = ClientCalls.asyncClientStreamingCall(channel.newCall(UP, options()), answers);
        for (int i = 0; i < 5_000; i++) {
            requests.onNext("0123456789");
        }
        requests.onCompleted();
        assertEquals("5000 messages of 50000", answers.next());
        answers.awaitEnd();
    }

    @Test
    void bothDirectionsStreamAtOnce() throws Exception {
        List<Collected> all = new ArrayList<>();
        List<StreamObserver<String>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(new Collected());
            calls.add(ClientCalls.asyncBidiStreamingCall(channel.newCall(BOTH, options()), all.getLast()));
        }
        // Each message is sent only when the one before came back.
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 20; i++) {
                calls.get(i).onNext(i + " " + round);
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(i + " " + round, all.get(i).next());
            }
        }
        for (int i = 0; i < 20; i++) {
            calls.get(i).onCompleted();
            all.get(i).awaitEnd();
        }
    }

    @Test
    void statusesComeInTrailers() {
        StatusRuntimeException failed = assertThrows(StatusRuntimeException.class, () -> unary("fail"));
        assertEquals(Status.Code.FAILED_PRECONDITION, failed.getStatus().getCode());
        assertEquals("no: %", failed.getStatus().getDescription());
        assertTrue(String.valueOf(failed.getTrailers()).contains("why=as asked"), failed::toString);
    }

    @Test
    void statusesComeWithoutAnyMessage() {
        Metadata head = new Metadata();
        head.put(WHY, "not you");
        StatusRuntimeException refused = assertThrows(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(head)),
                        UNARY,
                        options(),
                        "hello"));
        assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
        assertEquals("not you", refused.getStatus().getDescription());
    }

    @Test
    void deadlinesReachTheServer() throws Exception {
        CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(Duration.ofMillis(300));
        StatusRuntimeException late = assertThrows(
                StatusRuntimeException.class, () -> ClientCalls.blockingUnaryCall(channel, UNARY, soon, "never"));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
        assertTrue(cancelled.get(5, TimeUnit.SECONDS), "the server still works for nobody");
    }

    @Test
    void whereNoRouteLeadsIsSaidByAStatus() {
        ManagedChannel nowhere = NettyChannelBuilder.forAddress(ingress.http())
                .overrideAuthority("nowhere.example")
                .usePlaintext()
                .build();
        try {
            StatusRuntimeException missing = assertThrows(
                    StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(nowhere, UNARY, options(), "hello"));
            assertEquals(Status.Code.UNIMPLEMENTED, missing.getStatus().getCode(), missing::toString);
        } finally {
            nowhere.shutdownNow();
        }
    }

    /** What comes back of a call. */
    private static final class Collected implements StreamObserver<String> {

        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        @Override
        public void onNext(String value) {
            messages.add(value);
        }

        @Override
        public void onError(Throwable error) {
            ended.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            ended.complete(true);
        }

        String next() throws InterruptedException {
            String message = messages.poll(20, TimeUnit.SECONDS);
            return message == null ? "nothing" : message;
        }

        void awaitEnd() throws Exception {
            ended.get(20, TimeUnit.SECONDS);
        }
    }
}
