package io.fairlead.bench.process;

import io.fairlead.cluster.model.Ipv4Address;
import io.fairlead.kernel.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Opens TCP connections by the plain system calls and times connect(2) alone; java.net would add its own work to both
 * sides of a comparison and hide the difference.
 *
 * <p>Confined to the thread that made it.
 */
final class Connector {

    private static final int AF_INET = 2;
    private static final int SO_LINGER = 13;
    private static final int ADDRESS_BYTES = 16;
    private static final int IN_ADDR = 4;

    private final ByteBuffer address = ByteBuffer.allocateDirect(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
    /** On for zero seconds: closing resets the connection, so that no port stays taken. */
    private final ByteBuffer reset = ByteBuffer.allocateDirect(8)
            .order(ByteOrder.nativeOrder())
            .putInt(0, 1)
            .putInt(4, 0);

    /** A socket of the namespace that the calling thread is in; it stays there, whoever connects it. */
    int open() {
        int socket =
                Libc.check(Libc.LIBC.socket(AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "open", "TCP socket");
        Libc.LIBC.setsockopt(socket, Libc.SOL_SOCKET, SO_LINGER, reset, reset.capacity());
        return socket;
    }

    /** Nanoseconds that connect(2) took. */
    long connect(int socket, Ipv4Address target, int port) {
        address.putShort(0, (short) AF_INET);
        address.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) port).putInt(IN_ADDR, target.bits());
        address.order(ByteOrder.nativeOrder());
        long start = System.nanoTime();
        int result = Libc.LIBC.connect(socket, address, ADDRESS_BYTES);
        long took = System.nanoTime() - start;
        Libc.check(result, "connect to", target + ":" + port);
        return took;
    }

    void close(int socket) {
        Libc.LIBC.close(socket);
    }
}
