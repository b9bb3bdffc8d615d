package io.fairlead.ingress.handover;

/**
 * What one process says to the other: a byte.
 *
 * <p>Immutable.
 */
enum Command {
    /** Send me your listening sockets, and end the connection. */
    TAKE('T'),
    /** I accept connections on them, for as long as this connection lasts. */
    SERVING('S');

    private final byte letter;

    Command(char letter) {
        this.letter = (byte) letter;
    }

    byte letter() {
        return letter;
    }
}
