package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Follows a chunked body (RFC 9112 section 7.1) through buffers of any size, and copies none of it but trailers. What
 * was scanned may go on unchanged, trailers excepted: they are kept until all of them are known to be well, and go on
 * through {@link ForwardedHead#fields}.
 *
 * <p>Confined to the event loop's thread of its connection.
 */
public final class ChunkScanner {

    /** What the bytes of one step are. */
    public enum Piece {
        /** Sizes, extensions and line ends. */
        FRAMING,
        /** Bytes of the content. */
        DATA,
        /** Bytes of the trailer section. */
        TRAILER
    }

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        LAST,
        LAST_LF,
        TRAILER,
        ENDED,
        REFUSED
    }

    private static final int SIZE_DIGITS_MAX = 16;
    /** Of one chunk; what is used in practice has some tens of bytes. */
    private static final int EXTENSION_BYTES_MAX = 256;
    /** Of one body, or extensions would be a way to send much more than is counted. */
    private static final int EXTENSION_BYTES_TOTAL_MAX = 16 * 1024;

    private static final int TRAILER_BYTES_FIRST = 512;

    private final Trailers trailers = new Trailers();
    private byte[] trailerText = {};
    private int trailerLength;

    private State state = State.SIZE;
    private Piece piece = Piece.FRAMING;
    private HeadFault fault = HeadFault.NONE;
    private long chunkLeft;
    private long contentBytes;
    private int digits;
    private int extensionBytes;
    private int extensionBytesTotal;
    private int passEnd;

    /** Begins a body. */
    public void begin() {
        state = State.SIZE;
        fault = HeadFault.NONE;
        chunkLeft = 0;
        contentBytes = 0;
        digits = 0;
        extensionBytes = 0;
        extensionBytesTotal = 0;
        trailerLength = 0;
    }

    /**
     * Hot path: goes on with the buffer's bytes from one index to another, and neither moves its indices nor keeps it.
     *
     * @return behind the last byte that is of this body; all of them unless it ended or is refused
     */
    public int scan(ByteBuf in, int from, int to) {
        int at = from;
        passEnd = from;
        while (at < to && progress() == Progress.MORE) {
            at = step(in, at, to);
            passEnd = piece == Piece.TRAILER ? passEnd : at;
        }
        return at;
    }

    /** Behind the last byte of the last {@link #scan} that may go on as it is: all that it took but for trailers. */
    public int passEnd() {
        return passEnd;
    }

    /**
     * Hot path: goes on with bytes of one kind only, for those who want the content without its chunks.
     *
     * @return behind them; {@link #piece} says what they are
     */
    public int step(ByteBuf in, int from, int to) {
        return switch (state) {
            case DATA -> data(from, to);
            case TRAILER -> trailer(in, from, to);
            case ENDED, REFUSED -> from;
            case SIZE, EXTENSION, SIZE_LF, DATA_CR, DATA_LF, LAST, LAST_LF -> framing(in, from, to);
        };
    }

    private int data(int from, int to) {
        piece = Piece.DATA;
        int taken = (int) Math.min(chunkLeft, to - from);
        chunkLeft -= taken;
        contentBytes += taken;
        if (chunkLeft == 0) {
            state = State.DATA_CR;
        }
        return from + taken;
    }

    private int framing(ByteBuf in, int from, int to) {
        piece = Piece.FRAMING;
        int at = from;
        while (at < to && isFraming()) {
            byte b = in.getByte(at);
            framingByte(b);
            if (state == State.REFUSED || state == State.TRAILER) {
                // Not taken: it is refused, or the first byte of the trailers.
                return at;
            }
            at++;
        }
        return at;
    }

    private boolean isFraming() {
        return state.compareTo(State.TRAILER) < 0 && state != State.DATA;
    }

    private void framingByte(byte b) {
        switch (state) {
            case SIZE -> sizeByte(b);
            case EXTENSION -> extensionByte(b);
            case SIZE_LF -> {
                if (expect(b, HttpBytes.LF, HeadFault.BARE_CR)) {
                    state = chunkLeft > 0 ? State.DATA : State.LAST;
                }
            }
            case DATA_CR -> {
                if (expect(b, HttpBytes.CR, HeadFault.BAD_CHUNK_END)) {
                    state = State.DATA_LF;
                }
            }
            case DATA_LF -> {
                if (expect(b, HttpBytes.LF, HeadFault.BAD_CHUNK_END)) {
                    state = State.SIZE;
                    digits = 0;
                    extensionBytes = 0;
                }
            }
            case LAST -> {
                state = b == HttpBytes.CR ? State.LAST_LF : State.TRAILER;
                trailers.begin();
            }
            case LAST_LF -> {
                if (expect(b, HttpBytes.LF, HeadFault.BARE_CR)) {
                    state = State.ENDED;
                }
            }
            case DATA, TRAILER, ENDED, REFUSED -> throw new IllegalStateException(state + " is not framing");
        }
    }

    private boolean expect(byte b, int wanted, HeadFault otherwise) {
        if (b != wanted) {
            refuse(otherwise);
        }
        return b == wanted;
    }

    private void sizeByte(byte b) {
        int digit = HttpBytes.hex(b);
        if (digit < 0) {
            sizeEnd(b);
            return;
        }
        // The top four bits must be free for the digit, and the sign must stay clear.
        if (++digits > SIZE_DIGITS_MAX || chunkLeft > Long.MAX_VALUE >> 4) {
            refuse(HeadFault.CHUNK_TOO_LARGE);
            return;
        }
        chunkLeft = chunkLeft << 4 | digit;
    }

    private void sizeEnd(byte b) {
        if (digits > 0 && b == HttpBytes.CR) {
            state = State.SIZE_LF;
        } else if (digits > 0 && b == ';') {
            state = State.EXTENSION;
        } else {
            refuse(b == HttpBytes.LF ? HeadFault.BARE_LF : HeadFault.BAD_CHUNK_SIZE);
        }
    }

    /**
     * Extensions say nothing to anybody, and readers that looked for their end in different places were smuggled
     * past.
     */
    private void extensionByte(byte b) {
        if (b == HttpBytes.CR && extensionBytes > 0) {
            state = State.SIZE_LF;
        } else if (b == HttpBytes.LF) {
            refuse(HeadFault.BARE_LF);
        } else if (b < 0 || (HttpBytes.isControl(b) && b != HttpBytes.HTAB)) {
            refuse(HeadFault.BAD_CHUNK_EXTENSION);
        } else {
            extensionBytes++;
            extensionBytesTotal++;
            if (extensionBytes > EXTENSION_BYTES_MAX || extensionBytesTotal > EXTENSION_BYTES_TOTAL_MAX) {
                refuse(HeadFault.CHUNK_EXTENSION_TOO_LONG);
            }
        }
    }

    private int trailer(ByteBuf in, int from, int to) {
        piece = Piece.TRAILER;
        int before = trailerLength;
        int taken = Math.min(to - from, Trailers.BYTES_MAX - before);
        reserve(before + taken);
        in.getBytes(from, trailerText, before, taken);
        trailerLength = before + taken;
        Progress progress = trailers.scan(trailerText, trailerLength);
        if (progress == Progress.REFUSED) {
            refuse(trailers.fault());
        } else if (progress == Progress.COMPLETE) {
            trailerLength = trailers.end();
            state = State.ENDED;
        }
        return from + trailerLength - before;
    }

    private void reserve(int length) {
        if (length > trailerText.length) {
            int doubled = Math.max(TRAILER_BYTES_FIRST, 2 * length);
            trailerText = Arrays.copyOf(trailerText, Math.min(doubled, Trailers.BYTES_MAX));
        }
    }

    private void refuse(HeadFault why) {
        state = State.REFUSED;
        fault = why;
    }

    /** What the last {@link #step} went over. */
    public Piece piece() {
        return piece;
    }

    public Progress progress() {
        return switch (state) {
            case ENDED -> Progress.COMPLETE;
            case REFUSED -> Progress.REFUSED;
            case SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST, LAST_LF, TRAILER -> Progress.MORE;
        };
    }

    /** What is wrong; {@link HeadFault#NONE} unless it is refused. */
    public HeadFault fault() {
        return fault;
    }

    /** Bytes of content so far, for limits of bodies. */
    public long contentBytes() {
        return contentBytes;
    }

    /**
     * Whether the body ended with trailers. Then what may pass ends behind the last chunk's line, and the trailers
     * follow: {@link ForwardedHead#fields} of {@link #trailers}, and {@link ForwardedHead#end}.
     */
    public boolean hasTrailers() {
        return state == State.ENDED && trailerLength > 0;
    }

    /** The trailers of a body that has some. */
    public HeadFields trailers() {
        return trailers.fields();
    }
}
