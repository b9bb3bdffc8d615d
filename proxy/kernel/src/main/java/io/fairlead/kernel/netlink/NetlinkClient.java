package io.fairlead.kernel.netlink;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the kernel and waits for the answer: requests with an acknowledgement, requests for one object, dumps.
 *
 * <p>Every question has a sequence number of its own, and answers to older ones (left behind by a question that failed
 * half-way) are passed over. When the kernel says ENOBUFS, answers were lost: the question fails, and asking again is
 * right.
 *
 * <p>Confined to one thread at a time.
 */
public final class NetlinkClient implements AutoCloseable {

    /** Receives the messages of an answer; a message is valid only during the call. */
    @FunctionalInterface
    public interface MessageVisitor {
        void message(NetlinkMessage message);
    }

    /** Receives the messages of a dump, possibly more than once from the start. */
    public interface DumpVisitor extends MessageVisitor {
        /** A listing starts: whatever an earlier one said, is void. */
        void begin();
    }

    /** NLM_F_REQUEST. */
    public static final int FLAG_REQUEST = 0x1;
    /** NLM_F_ACK. */
    public static final int FLAG_ACK = 0x4;
    /** NLM_F_ROOT | NLM_F_MATCH. */
    public static final int FLAG_DUMP = 0x300;
    /** NLM_F_REPLACE, in requests that create. */
    public static final int FLAG_REPLACE = 0x100;
    /** NLM_F_EXCL, in requests that create. */
    public static final int FLAG_EXCLUSIVE = 0x200;
    /** NLM_F_CREATE. */
    public static final int FLAG_CREATE = 0x400;
    /** NLM_F_APPEND. */
    public static final int FLAG_APPEND = 0x800;

    private static final int NOOP = 1;
    private static final int ERROR = 2;
    private static final int DONE = 3;
    private static final int OVERRUN = 4;

    private static final int ANSWER_TIMEOUT_MILLIS = 30_000;
    private static final int DUMP_ATTEMPTS_MAX = 20;

    private final NetlinkSocket socket;
    private final NetlinkWriter writer = new NetlinkWriter(NetlinkSocket.SEND_BYTES_MAX);
    private final NetlinkMessage message = new NetlinkMessage();
    private int sequence;

    private NetlinkClient(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket in the network namespace of the calling thread. */
    public static NetlinkClient open(NetlinkProtocol protocol) {
        return new NetlinkClient(NetlinkSocket.open(protocol));
    }

    /** See {@link NetlinkSocket#portId()}. */
    public int portId() {
        return socket.portId();
    }

    /**
     * Starts a request and forgets what was written before. The caller writes the facility's header and attributes and
     * calls {@link #execute}, {@link #ask} or {@link #dump}.
     *
     * @param flags besides NLM_F_REQUEST
     */
    public NetlinkWriter begin(int type, int flags) {
        writer.clear();
        writer.beginMessage(type, flags | FLAG_REQUEST, ++sequence);
        return writer;
    }

    /** Ends the request that was begun last and starts another one in the same datagram, see {@link #executeAll}. */
    public NetlinkWriter beginAnother(int type, int flags) {
        writer.endMessage();
        writer.beginMessage(type, flags | FLAG_REQUEST, ++sequence);
        return writer;
    }

    /** Sequence number of the request that was begun last. */
    public int sequence() {
        return sequence;
    }

    /**
     * Sends all requests that were begun as one datagram and returns every acknowledgement and error that the kernel
     * gave before it took the datagram as done: for facilities that work through a datagram while it is being sent, as
     * nfnetlink does.
     *
     * @throws KernelException with this operation and target if the datagram is not taken, or if answers were lost: then
     *     the outcome is unknown and the state must be read again
     */
    public List<NetlinkAnswer> executeAll(String operation, String target) {
        writer.endMessage();
        socket.send(writer);
        List<NetlinkAnswer> answers = new ArrayList<>();
        while (true) {
            switch (socket.receive(message, 0)) {
                case MESSAGES -> {
                    while (message.next()) {
                        if (message.type() == ERROR) {
                            answers.add(NetlinkAnswer.decode(message));
                        }
                    }
                }
                case TIMEOUT -> {
                    return answers;
                }
                case LOST -> throw lost(operation, target);
                case WOKEN -> {}
            }
        }
    }

    /**
     * Points {@code request} at a request that was sent last, to look up what the kernel complains about.
     *
     * @return whether there is one with this sequence number
     */
    public boolean request(int sequence, NetlinkMessage request) {
        request.reset(writer.buffer(), writer.size());
        while (request.next()) {
            if (request.sequence() == sequence) {
                return true;
            }
        }
        return false;
    }

    /** Forgets the requests and gives a buffer that grew large back. */
    public void forget() {
        writer.forget();
    }

    /**
     * Sends the request that was begun and waits until the kernel has done it.
     *
     * @throws KernelException with this operation and target if the kernel refuses
     */
    public void execute(String operation, String target) {
        ask(operation, target, ignored -> {});
    }

    /**
     * As {@link #execute}, and visits what the kernel answers.
     *
     * @throws KernelException with this operation and target if the kernel refuses
     */
    public void ask(String operation, String target, MessageVisitor visitor) {
        writer.addFlags(FLAG_ACK);
        writer.endMessage();
        socket.send(writer);
        converse(operation, target, visitor);
    }

    /**
     * Sends the request that was begun as a dump and visits the listing. If it changed meanwhile (NLM_F_DUMP_INTR), the
     * visitor gets it again from the start.
     *
     * @throws KernelException with this operation and target if the kernel refuses, or with EINTR if the listing changed
     *     in each of twenty attempts
     */
    public void dump(String operation, String target, DumpVisitor visitor) {
        writer.addFlags(FLAG_DUMP);
        writer.endMessage();
        for (int attempt = 0; attempt < DUMP_ATTEMPTS_MAX; attempt++) {
            writer.sequence(++sequence);
            visitor.begin();
            socket.send(writer);
            if (converse(operation, target, visitor)) {
                return;
            }
        }
        throw new KernelException(operation, target, Errno.EINTR, "it changed whenever it was being read");
    }

    /** Returns whether the answer is consistent within itself. */
    private boolean converse(String operation, String target, MessageVisitor visitor) {
        boolean consistent = true;
        boolean ended = false;
        try {
            while (true) {
                receive(operation, target);
                while (message.next()) {
                    if (message.sequence() != sequence || message.type() == NOOP) {
                        continue;
                    }
                    consistent &= (message.flags() & NetlinkMessage.DUMP_INTERRUPTED) == 0;
                    if (message.type() == ERROR || message.type() == DONE) {
                        ended = true;
                        check(NetlinkAnswer.decode(message), operation, target);
                        return consistent;
                    }
                    if (message.type() == OVERRUN) {
                        throw lost(operation, target);
                    }
                    visitor.message(message);
                }
            }
        } finally {
            if (!ended) {
                drain();
            }
        }
    }

    private void receive(String operation, String target) {
        switch (socket.receive(message, ANSWER_TIMEOUT_MILLIS)) {
            case MESSAGES, WOKEN -> {}
            case TIMEOUT ->
                throw new KernelException(
                        operation, target, 0, "no answer within " + ANSWER_TIMEOUT_MILLIS / 1000 + " s");
            case LOST -> throw lost(operation, target);
        }
    }

    private static void check(NetlinkAnswer answer, String operation, String target) {
        // A dump of something that changed can also end with EINTR instead of the flag: the flag is set then too.
        if (answer.errno() != 0) {
            throw new KernelException(operation, target, answer.errno(), answer.text());
        }
    }

    private static KernelException lost(String operation, String target) {
        return new KernelException(operation, target, Errno.ENOBUFS, "answers were lost");
    }

    /** Takes what is left of an answer: while a dump is unread, the kernel refuses the next one with EBUSY. */
    private void drain() {
        NetlinkSocket.Received last;
        do {
            last = socket.receive(message, 0);
        } while (last != NetlinkSocket.Received.TIMEOUT);
    }

    @Override
    public void close() {
        socket.close();
    }
}
