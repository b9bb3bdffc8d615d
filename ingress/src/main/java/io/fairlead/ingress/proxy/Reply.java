package io.fairlead.ingress.proxy;

import io.fairlead.ingress.route.RouteAction;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/**
 * An answer of the proxy's own: a status and a line of text that quotes nothing of the request.
 *
 * <p>Immutable.
 */
final class Reply implements PreparedAction {

    private final int status;
    private final byte[] head;
    private final byte[] body;

    private Reply(int status, byte[] head, byte[] body) {
        this.status = status;
        this.head = head;
        this.body = body;
    }

    /** @param text one clause without a full stop */
    static Reply of(int status, String text) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        String head = "HTTP/1.1 " + status + " "
                + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\nContent-Type: text/plain\r\nContent-Length: "
                + body.length + "\r\n";
        return new Reply(status, head.getBytes(StandardCharsets.US_ASCII), body);
    }

    static Reply of(int status, RouteAction.Reason reason) {
        return of(
                status,
                switch (reason) {
                    case NO_MATCH -> "no route is for this host and path";
                    case NO_SERVICE -> "the service of this route does not exist";
                    case NO_ENDPOINTS -> "the service of this route has no endpoints";
                    case REFUSED_DESTINATION -> "this route leads to a place that is not allowed";
                    case DENIED -> "this route is closed until its settings are mended";
                });
    }

    int status() {
        return status;
    }

    int bodyBytes() {
        return body.length;
    }

    /** Writes status line and fields, without the empty line behind them. */
    void writeHead(ByteBuf out) {
        out.writeBytes(head);
    }

    void writeBody(ByteBuf out) {
        out.writeBytes(body);
    }
}
