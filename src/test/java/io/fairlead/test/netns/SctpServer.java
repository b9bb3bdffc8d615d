package io.fairlead.test.netns;

import static io.fairlead.kernel.Libc.LIBC;
import static io.fairlead.kernel.Libc.check;

import io.fairlead.agent.plan.Addresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Libc;
import io.fairlead.kernel.netns.NetNs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers every message of SCTP as {@link EchoServer} answers connections; nobody, where the kernel has no SCTP.
 *
 * <p>Thread-safe; one thread answers.
 */
final class SctpServer implements AutoCloseable {

    private record Place(SctpSocket socket, String name) {}

    private final List<Place> places = new ArrayList<>();
    private final int wakeup = check(LIBC.eventfd(0, Libc.EFD_CLOEXEC), "open", "an event");
    private final Thread thread = Thread.ofPlatform().daemon().name("echo-sctp").unstarted(this::answer);

    SctpServer(NetNs namespace, List<IpAddress> addresses, List<Integer> ports) {
        if (SctpSocket.isThere()) {
            for (IpAddress address : addresses) {
                for (int port : ports) {
                    SctpSocket socket = namespace.run(() -> SctpSocket.server(address, port));
                    places.add(new Place(socket, Addresses.withPort(address, port)));
                }
            }
        }
        thread.start();
    }

    private void answer() {
        ByteBuffer poll =
                ByteBuffer.allocateDirect((places.size() + 1) * Long.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < places.size(); i++) {
            poll.putInt(i * Long.BYTES, places.get(i).socket().descriptor());
            poll.putInt(i * Long.BYTES + Integer.BYTES, Libc.POLLIN);
        }
        int last = places.size() * Long.BYTES;
        poll.putInt(last, wakeup).putInt(last + Integer.BYTES, Libc.POLLIN);
        while (poll.getShort(last + Integer.BYTES + Short.BYTES) == 0) {
            LIBC.poll(poll, places.size() + 1, -1);
            for (Place place : places) {
                while (place.socket().take()) {
                    place.socket().answer(place.name() + "\n" + place.socket().taken() + "\n");
                }
            }
        }
    }

    @Override
    public void close() {
        ByteBuffer one = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
        LIBC.write(wakeup, one.putLong(0, 1), Long.BYTES);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        places.forEach(place -> place.socket().close());
        LIBC.close(wakeup);
    }
}
