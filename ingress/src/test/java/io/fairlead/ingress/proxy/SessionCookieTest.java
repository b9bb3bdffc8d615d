package io.fairlead.ingress.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.ingress.route.policy.ForwardPolicy;
import io.fairlead.ingress.route.policy.LoadBalancing;
import io.fairlead.ingress.route.policy.StickySession;
import io.fairlead.ingress.route.policy.StickySession.SameSite;
import io.fairlead.ingress.upstream.SessionKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that stay with the endpoint that they met first. */
@Timeout(20)
final class SessionCookieTest {

    private static final int BACKENDS = 5;
    private static final SessionKeys FIRST = SessionKeys.of(List.of(secret(1)));
    private static final SessionKeys ROTATED = SessionKeys.of(List.of(secret(2), secret(1)));
    private static final SessionKeys FOREIGN = SessionKeys.of(List.of(secret(3)));

    private final RunningProxy proxy = new RunningProxy();
    private final List<ScriptedBackend> backends = new ArrayList<>();

    private static byte[] secret(int fill) {
        byte[] secret = new byte[SessionKeys.SECRET_BYTES];
        Arrays.fill(secret, (byte) fill);
        return secret;
    }

    @BeforeEach
    void start() {
        for (int i = 0; i < BACKENDS; i++) {
            backends.add(ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i));
        }
        serve(new StickySession.Cookie("s", "/shop", 60, SameSite.LAX, false));
        proxy.group(0).signSessions(FIRST);
    }

    private void serve(StickySession.Cookie cookie) {
        LoadBalancing sticky = new LoadBalancing(LoadBalancing.Algorithm.ROUND_ROBIN, cookie);
        proxy.route("", "/", ForwardPolicy.DEFAULT.withBalancing(sticky), backends.toArray(ScriptedBackend[]::new));
    }

    @AfterEach
    void close() {
        proxy.close();
        backends.forEach(ScriptedBackend::close);
    }

    private RawClient.Answer ask(String cookies) {
        return proxy.ask("GET / HTTP/1.1\r\nHost: a\r\n" + cookies + "\r\n");
    }

    private static String value(RawClient.Answer answer) {
        String cookie = answer.field("Set-Cookie");
        assertTrue(cookie.matches("s=[0-9a-f]{32}; Path=/shop; Max-Age=60; HttpOnly; SameSite=Lax"), cookie);
        return cookie.substring(2, 34);
    }

    @Test
    void bindsAClientToTheEndpointThatItMetFirst() {
        Set<String> met = new HashSet<>();
        for (int client = 0; client < BACKENDS; client++) {
            RawClient.Answer first = ask("");
            met.add(first.body());
            for (int i = 0; i < 10; i++) {
                RawClient.Answer again = ask("Cookie: a=b; s=" + value(first) + "; c=d\r\n");
                assertEquals(first.body(), again.body());
                assertEquals("", again.field("Set-Cookie"));
            }
        }
        assertEquals(BACKENDS, met.size());
    }

    @Test
    void balancesWhoShowsACookieThatIsNotOurs() {
        String good = value(ask(""));
        for (String cookie : List.of(
                "s=" + good.replaceFirst("^.", good.startsWith("0") ? "1" : "0"),
                "s=" + good.substring(1),
                "s=" + good + "0",
                "s=" + good + "g",
                "S=" + good,
                "ss=" + good,
                "s==" + good,
                "s",
                "=",
                ";;;",
                "s=\"" + good + "\"")) {
            RawClient.Answer answer = ask("Cookie: " + cookie + "\r\n");
            assertEquals(200, answer.status(), cookie);
            value(answer);
        }
    }

    @Test
    void findsTheCookieInAnyLine() {
        RawClient.Answer first = ask("");
        RawClient.Answer again = ask("Cookie: s=1\r\nCookie: s=2; s=" + value(first) + "\r\n");
        assertEquals(first.body(), again.body());
    }

    @Test
    void acceptsCookiesOfTheKeyBeforeAndRenewsThem() {
        RawClient.Answer first = ask("");
        proxy.group(0).signSessions(ROTATED);
        RawClient.Answer renewed = ask("Cookie: s=" + value(first) + "\r\n");
        assertEquals(first.body(), renewed.body());
        assertNotEquals(value(first), value(renewed));
        proxy.group(0).signSessions(FOREIGN);
        assertNotEquals("", ask("Cookie: s=" + value(renewed) + "\r\n").field("Set-Cookie"));
    }

    @Test
    void bindsToAnotherEndpointWhenTheFirstLeft() {
        RawClient.Answer first = ask("");
        int gone = Integer.parseInt(first.body());
        List<ScriptedBackend> left = new ArrayList<>(backends);
        left.remove(gone);
        proxy.group(0).replace(left.stream().map(ScriptedBackend::address).toList());
        RawClient.Answer next = ask("Cookie: s=" + value(first) + "\r\n");
        assertNotEquals(first.body(), next.body());
        assertNotEquals(value(first), value(next));
        assertEquals(next.body(), ask("Cookie: s=" + value(next) + "\r\n").body());
    }

    /** An endpoint that cannot be reached is not waited for. */
    @Test
    void bindsToAnotherEndpointWhenTheFirstFails() {
        RawClient.Answer first = ask("");
        backends.get(Integer.parseInt(first.body())).close();
        RawClient.Answer next = ask("Cookie: s=" + value(first) + "\r\n");
        assertEquals(200, next.status());
        assertNotEquals(value(first), value(next));
    }
}
