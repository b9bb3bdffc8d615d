package io.fairlead.ingress.proxy;

import io.fairlead.ingress.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request as far as it was sent, so that it can be sent again: the first bytes, as long as there are few.
 *
 * <p>Hot path: keeps references to the buffers that are sent, no copies.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
final class KeptContent {

    /** What is worth keeping: a form, a small document. A buffer that is kept is not read into again. */
    private static final int BYTES_MAX = 64 * 1024;

    private static final int PIECES_MAX = 16;

    private @Nullable ByteBuf[] pieces = {};
    private int count;
    private int bytes;
    /** Whether the pieces are chunks with their framing. */
    private boolean framed;

    private boolean keeping;
    private boolean lost;

    /** Begins with a request of which nothing was sent. */
    void begin(boolean wanted) {
        clear();
        keeping = wanted;
        lost = false;
    }

    /** Hot path: this is sent. */
    void add(ByteBuf content, boolean isFramed) {
        if (!keeping) {
            lost = true;
            return;
        }
        boolean fits = count < PIECES_MAX && bytes + content.readableBytes() <= BYTES_MAX;
        if (!fits || count > 0 && framed != isFramed) {
            forget();
            return;
        }
        if (count == pieces.length) {
            pieces = Arrays.copyOf(pieces, PIECES_MAX);
        }
        pieces[count++] = content.retainedDuplicate();
        bytes += content.readableBytes();
        framed = isFramed;
    }

    /** What was sent cannot be sent again. */
    void forget() {
        clear();
        keeping = false;
        lost = true;
    }

    /** Whether all that was sent can be sent again. */
    boolean isComplete() {
        return !lost;
    }

    /** Sends it again. */
    void replay(Upstream to) {
        for (int i = 0; i < count; i++) {
            ByteBuf piece = pieces[i];
            if (piece != null) {
                if (framed) {
                    to.chunks(piece.retainedDuplicate());
                } else {
                    to.content(piece.retainedDuplicate());
                }
            }
        }
    }

    /** It is not needed any more. */
    void clear() {
        for (int i = 0; i < count; i++) {
            ByteBuf piece = pieces[i];
            if (piece != null) {
                piece.release();
            }
            pieces[i] = null;
        }
        count = 0;
        bytes = 0;
        keeping = false;
    }
}
