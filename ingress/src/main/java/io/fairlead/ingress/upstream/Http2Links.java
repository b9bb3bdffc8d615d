package io.fairlead.ingress.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's connections of HTTP/2 to a backend: as few as carry its requests.
 *
 * <p>Confined to the event loop's thread of its worker.
 */
final class Http2Links {

    /** They stand, and take requests. */
    private final List<Http2BackendLink> links = new ArrayList<>(1);

    @Nullable
    private Http2Attempt underWay;

    /** Hot path: a stream for a request, on the first connection that has room; null if none has. */
    @Nullable
    Upstream claim(AnswerReceiver receiver) {
        for (int i = 0; i < links.size(); i++) {
            Http2BackendLink link = links.get(i);
            if (link.hasRoom()) {
                return link.claim(receiver);
            }
        }
        return null;
    }

    /** An attempt to connect that more requests can wait for. */
    @Nullable
    Http2Attempt attempt() {
        return underWay != null && underWay.hasRoom() ? underWay : null;
    }

    void begin(Http2Attempt attempt) {
        underWay = attempt;
    }

    void end(Http2Attempt attempt) {
        underWay = underWay == attempt ? null : underWay;
    }

    void add(Http2BackendLink link) {
        links.add(link);
    }

    void remove(Http2BackendLink link) {
        links.remove(link);
    }

    /** The backend is gone: requests under way go on. */
    void leave() {
        List.copyOf(links).forEach(Http2BackendLink::leave);
    }
}
