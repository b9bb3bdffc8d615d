package io.fairlead.ingress.proxy;

import io.fairlead.ingress.proxy.http1.ForwardedHead;
import io.fairlead.ingress.proxy.http1.RequestHead;
import io.fairlead.ingress.proxy.http1.RequestMethod;
import io.fairlead.ingress.route.request.PathVerdict;
import io.fairlead.ingress.route.request.RequestPath;
import io.netty.buffer.ByteBuf;

/**
 * What a request asks for: in one form, which is matched, and sent unless the route edits it.
 *
 * <p>Hot path: nothing is allocated for a target that needs no change.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class RequestTarget {

    private static final byte[] SLASH = {'/'};
    private static final byte[] ASTERISK = {'*'};

    private final RequestPath path = new RequestPath();
    private byte[] text = SLASH;
    private int from;
    private int to;
    private int matchedTo;
    private boolean hasPath;
    private byte[] scratch = {};

    /** Reads the target of a head; valid as long as the head is. */
    PathVerdict read(RequestHead head) {
        if (head.form() == RequestHead.TargetForm.ASTERISK || head.pathFrom() == head.pathTo()) {
            text = head.method() == RequestMethod.OPTIONS ? ASTERISK : SLASH;
            from = 0;
            to = 1;
            matchedTo = 1;
            hasPath = false;
            return PathVerdict.ACCEPTED;
        }
        PathVerdict verdict = path.read(head.fields().text(), head.pathFrom(), head.pathTo());
        if (verdict == PathVerdict.ACCEPTED) {
            text = path.text();
            from = path.pathFrom();
            to = path.queryTo();
            matchedTo = path.pathTo();
            hasPath = true;
        }
        return verdict;
    }

    /** Changes what is sent. */
    void edit(PathEdit edit) {
        if (hasPath && !edit.keeps()) {
            int bytesMax = edit.bytesMax(path);
            scratch = scratch.length < bytesMax ? new byte[bytesMax] : scratch;
            text = scratch;
            from = 0;
            to = edit.apply(path, scratch);
        }
    }

    /** Where the path is, and what is sent. Not to be written to. */
    byte[] text() {
        return text;
    }

    int from() {
        return from;
    }

    /** Where the path that is matched ends; valid until it is edited. */
    int matchedTo() {
        return matchedTo;
    }

    /** The path, of a target that {@link #hasPath}. */
    RequestPath path() {
        return path;
    }

    /** Whether the target is a path, and not one of the two that stand for none. */
    boolean hasPath() {
        return hasPath;
    }

    void writeLine(ByteBuf out, RequestHead head) {
        ForwardedHead.requestLine(out, head, text, from, to);
    }
}
