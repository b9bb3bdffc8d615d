package io.fairlead.lab.traffic;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a pod answers, over HTTP as over UDP: one line {@code NAME saw ADDRESS}, and behind a proxy {@code for CLIENT} after
 * it.
 *
 * <p>Immutable.
 *
 * @param pod who answered
 * @param source the client's address as the pod saw it
 * @param forwardedFor the value of X-Forwarded-For; empty without
 */
public record Answer(String pod, InetAddress source, String forwardedFor) {

    private static final String SAW = " saw ";
    private static final String FOR = " for ";
    private static final String FORWARDED_FOR = "\r\nx-forwarded-for:";
    private static final String HEAD_END = "\r\n\r\n";

    /** Without a proxy in between. */
    static Answer direct(String pod, InetAddress source) {
        return new Answer(pod, source, "");
    }

    /** The same with what the head of a request says in X-Forwarded-For. */
    Answer to(String head) {
        int field = head.toLowerCase(Locale.ROOT).indexOf(FORWARDED_FOR);
        if (field < 0) {
            return this;
        }
        int value = field + FORWARDED_FOR.length();
        return new Answer(
                pod, source, head.substring(value, head.indexOf('\r', value)).strip());
    }

    /** Whether a request asks for the connection to be closed after the reply (RFC 9112 section 9.6). */
    static boolean closesConnection(String head) {
        return head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n");
    }

    /** The bytes of a request for it. */
    static byte[] request(boolean close) {
        return request("lab", close);
    }

    static byte[] request(String host, boolean close) {
        return ascii("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + (close ? "Connection: close\r\n" : "") + "\r\n");
    }

    byte[] reply(boolean close) {
        String body = line();
        return ascii("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n"
                + (close ? "Connection: close\r\n" : "") + "\r\n" + body);
    }

    byte[] datagram() {
        return ascii(line());
    }

    private String line() {
        return pod + SAW + source.getHostAddress() + (forwardedFor.isEmpty() ? "" : FOR + forwardedFor) + "\n";
    }

    /** Whether the head of a request is complete. */
    static boolean isComplete(String request) {
        return request.endsWith(HEAD_END);
    }

    /** Whether a reply has its head and the line after it. */
    static boolean isCompleteReply(String reply) {
        return reply.endsWith("\n") && reply.indexOf(HEAD_END) >= 0 && !reply.endsWith(HEAD_END);
    }

    /**
     * Reads a datagram or a whole HTTP reply.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Answer parse(String text) {
        String line = text.substring(text.indexOf(HEAD_END) + (text.contains(HEAD_END) ? HEAD_END.length() : 1))
                .strip();
        int saw = line.indexOf(SAW);
        if (saw < 0) {
            throw new IllegalArgumentException("not the answer of a pod: " + text);
        }
        String rest = line.substring(saw + SAW.length());
        int behind = rest.indexOf(FOR);
        String source = behind < 0 ? rest : rest.substring(0, behind);
        String forwardedFor = behind < 0 ? "" : rest.substring(behind + FOR.length());
        return new Answer(line.substring(0, saw), InetAddress.ofLiteral(source), forwardedFor);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
