package io.fairlead.lab.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private static final Answer DIRECT = Answer.direct("pod-1-2", InetAddress.ofLiteral("10.180.1.15"));

    @Test
    void tellsTheClientThatAProxyNames() {
        Answer behind = DIRECT.to("GET / HTTP/1.1\r\nhost: shop\r\nX-Forwarded-For: 203.0.113.10\r\n\r\n");
        assertEquals("203.0.113.10", behind.forwardedFor());
        assertEquals(behind, parsed(behind));
    }

    @Test
    void namesNobodyWithoutAProxy() {
        assertEquals(DIRECT, DIRECT.to("GET / HTTP/1.1\r\nHost: lab\r\n\r\n"));
        assertEquals(DIRECT, parsed(DIRECT));
    }

    private static Answer parsed(Answer answer) {
        return Answer.parse(new String(answer.reply(false), StandardCharsets.US_ASCII));
    }
}
