package io.fairlead.lab.hollow;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Answers one request, in one piece or in many.
 *
 * <p>Confined to the thread of its connection.
 */
final class HollowReply {

    private static final String JSON = "application/json";

    private final OutputStream out;

    HollowReply(OutputStream out) {
        this.out = out;
    }

    /** An answer in one piece. */
    void json(int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        send(head(status) + "Content-Length: " + bytes.length + "\r\n\r\n", bytes, "");
    }

    /** What the API server says when it cannot do it: a Status. */
    void failure(int status, String reason, String message) throws IOException {
        json(status, failureText(status, reason, message));
    }

    /** A Status; the texts need no escapes. */
    static String failureText(int status, String reason, String message) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
                + message.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + "\",\"reason\":\"" + reason + "\",\"code\":" + status
                + "}";
    }

    /** Begins an answer in pieces. */
    void begin() throws IOException {
        send(head(200) + "Transfer-Encoding: chunked\r\n\r\n", new byte[0], "");
    }

    /** Sends what there is, and empties it. */
    void piece(StringBuilder text) throws IOException {
        if (!text.isEmpty()) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
            text.setLength(0);
            send(Integer.toHexString(bytes.length) + "\r\n", bytes, "\r\n");
        }
    }

    /** Ends an answer in pieces. */
    void end() throws IOException {
        send("0\r\n\r\n", new byte[0], "");
    }

    private static String head(int status) {
        return "HTTP/1.1 " + status + " \r\nContent-Type: " + JSON + "\r\n";
    }

    /** In one write, or a client would wait for the second half while the kernel waits for its acknowledgement. */
    private void send(String before, byte[] bytes, String after) throws IOException {
        byte[] all = new byte[before.length() + bytes.length + after.length()];
        System.arraycopy(before.getBytes(StandardCharsets.US_ASCII), 0, all, 0, before.length());
        System.arraycopy(bytes, 0, all, before.length(), bytes.length);
        System.arraycopy(
                after.getBytes(StandardCharsets.US_ASCII), 0, all, before.length() + bytes.length, after.length());
        out.write(all);
        out.flush();
    }
}
