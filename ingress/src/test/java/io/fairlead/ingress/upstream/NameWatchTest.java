package io.fairlead.ingress.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.destination.DestinationPolicy;
import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.BackendGroup;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.policy.BackendConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a name stands for is asked again and again, and may be hostile each time. */
final class NameWatchTest {

    private static final Destinations.HostName NAME = new Destinations.HostName("shop.example", 8080);
    private static final DestinationPolicy POLICY =
            new DestinationPolicy(Set.of(IpAddress.parse("198.51.100.1")), Set.of(), List.of());
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final UpstreamGroup group = new UpstreamGroup(
            new BackendGroup(new ObjectName("shop", "web"), 80), BackendConnection.DEFAULT, List.of());
    private final AtomicInteger questions = new AtomicInteger();

    /** Empty for a name that is not there. */
    private volatile List<String> answer = List.of();

    private final NameWatch names = new NameWatch(this::resolve, () -> POLICY, Duration.ofMillis(10));

    @AfterEach
    void close() {
        names.close();
    }

    private InetAddress[] resolve(String name) throws UnknownHostException {
        List<String> said = answer;
        questions.incrementAndGet();
        if (said.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return said.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    private List<String> backends() {
        return group.backends().stream().map(Backend::toString).toList();
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail(what + ": " + backends() + ", " + group.absence());
            }
            Thread.onSpinWait();
        }
    }

    /** After this whatever was answered before is in force. */
    private void awaitTwoQuestions() {
        int asked = questions.get();
        await("asked again", () -> questions.get() >= asked + 2);
    }

    @Test
    void followsTheName() {
        answer = List.of("203.0.113.1", "2001:db8::1");
        names.follow(group, NAME);
        await("both", () -> group.backends().size() == 2);
        answer = List.of("203.0.113.2");
        await("another one", () -> backends().equals(List.of("203.0.113.2:8080")));
    }

    @Test
    void keepsTheLastAddressesWhileNobodyAnswers() {
        answer = List.of("203.0.113.1");
        names.follow(group, NAME);
        await("one", () -> group.backends().size() == 1);
        answer = List.of();
        awaitTwoQuestions();
        assertEquals(List.of("203.0.113.1:8080"), backends());
    }

    @Test
    void aNameThatNeverWasHasNoEndpoints() {
        group.clear(RouteAction.Reason.NO_SERVICE);
        names.follow(group, NAME);
        await("no endpoints", () -> group.absence() == RouteAction.Reason.NO_ENDPOINTS);
    }

    /** Also when it was a good one before ("DNS rebinding"). */
    @Test
    void neverLeadsToTheNodeItself() {
        answer = List.of("203.0.113.1");
        names.follow(group, NAME);
        await("one", () -> group.backends().size() == 1);
        for (String hostile : List.of(
                "127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "198.51.100.1", "64:ff9b::7f00:1")) {
            answer = List.of(hostile);
            await(hostile, () -> group.backends().isEmpty());
            assertEquals(RouteAction.Reason.REFUSED_DESTINATION, group.absence());
            answer = List.of(hostile, "203.0.113.1");
            await("the good one of two", () -> backends().equals(List.of("203.0.113.1:8080")));
        }
    }

    @Test
    void isNotAskedOnceItIsForgotten() {
        answer = List.of("203.0.113.1");
        names.follow(group, NAME);
        await("one", () -> group.backends().size() == 1);
        names.forget(group);
        group.clear(RouteAction.Reason.NO_SERVICE);
        answer = List.of("203.0.113.2");
        int asked = questions.get();
        // One question may have been under way.
        long end = System.nanoTime() + Duration.ofMillis(200).toNanos();
        while (System.nanoTime() < end) {
            assertEquals(List.of(), backends());
        }
        assertEquals(asked, questions.get(), 1);
    }
}
