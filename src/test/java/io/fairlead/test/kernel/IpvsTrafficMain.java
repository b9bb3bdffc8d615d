package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.ipvs.IpvsOperation.AddRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteRealServer;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.test.Poll;
import io.fairlead.test.netns.Facility;
import io.fairlead.test.netns.Tool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Connections through virtual servers that we set up, on the kernel on which this runs.
 *
 * <p>Confined to the main thread.
 */
final class IpvsTrafficMain {

    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final char[] NAMES = {'1', '2'};

    private final IpvsStage stage;
    private final NetNs client;

    private IpvsTrafficMain(IpvsStage stage) {
        this.stage = stage;
        this.client = stage.client().namespace();
    }

    public static void main(String[] words) throws IOException {
        try (IpvsStage stage = new IpvsStage();
                IpvsBackend _ = new IpvsBackend(stage.pod(0).namespace(), NAMES[0]);
                IpvsBackend _ = new IpvsBackend(stage.pod(1).namespace(), NAMES[1])) {
            IpvsTrafficMain proofs = new IpvsTrafficMain(stage);
            proofs.prove("connections take turns", () -> proofs.takeTurns(IpvsStage.VIRTUAL));
            proofs.prove("connections of IPv6 take turns", () -> proofs.takeTurns(IpvsStage.VIRTUAL6));
            proofs.prove("datagrams take turns", proofs::datagramsTakeTurns);
            proofs.prove("associations of SCTP take turns", proofs::associationsTakeTurns);
            proofs.prove("weight 0 keeps what is established", proofs::drains);
            proofs.prove("deleted one gets its connections back", proofs::comesBack);
            proofs.prove("a client keeps to its backend", proofs::persists);
        }
    }

    private void prove(String what, Runnable proof) {
        long start = System.nanoTime();
        try {
            proof.run();
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage() + "\n" + stage.ipvsadm("-Ln"), e);
        }
        System.out.println(what + ", " + (System.nanoTime() - start) / 1_000_000 + " ms");
        stage.clear();
    }

    private static VirtualServer rr(IpAddress address, int protocol) {
        return VirtualServer.of(IpvsStage.key(address, protocol), "rr", 0);
    }

    private void takeTurns(IpAddress address) {
        stage.serve(rr(address, IpvsStage.TCP));
        takesTurns(() -> IpvsClient.once(client, address));
    }

    private void datagramsTakeTurns() {
        for (IpAddress address : List.of(IpvsStage.VIRTUAL, IpvsStage.VIRTUAL6)) {
            stage.serve(rr(address, IpvsStage.UDP));
            takesTurns(() -> IpvsClient.datagram(client, address));
        }
    }

    private static void takesTurns(Supplier<Character> answer) {
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            seen.append((char) answer.get());
        }
        assertTrue(List.of("121212", "212121").contains(seen.toString()), () -> "answered: " + seen);
    }

    private void associationsTakeTurns() {
        // Asking makes the kernel load it, and list who listens.
        assertTrue(Facility.SCTP.isThere());
        stage.serve(rr(IpvsStage.VIRTUAL, IpvsStage.SCTP));
        try (Sctp first = new Sctp(0);
                Sctp second = new Sctp(1)) {
            first.await();
            second.await();
            takesTurns(() -> Tool.run(client, "socat", "-u", "SCTP4-CONNECT:" + IpvsStage.VIRTUAL + ":80", "-")
                    .charAt(0));
        }
    }

    /** A backend of SCTP, for which Java has no sockets without a library of the machine. */
    private final class Sctp implements AutoCloseable {

        private final int number;
        private final Process process;

        Sctp(int number) {
            this.number = number;
            String answer = "SYSTEM:echo " + NAMES[number];
            try {
                process = stage.pod(number)
                        .namespace()
                        .run(() -> new ProcessBuilder(
                                        "socat", "SCTP4-LISTEN:" + IpvsBackend.PORT + ",fork,reuseaddr", answer)
                                .inheritIO()
                                .start());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void await() {
            Poll.until(
                    "it listens",
                    LONGEST,
                    () -> Tool.run(stage.pod(number).namespace(), "cat", "/proc/thread-self/net/sctp/eps")
                            .contains(" " + IpvsBackend.PORT + " "));
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private void drains() {
        VirtualServer server = rr(IpvsStage.VIRTUAL, IpvsStage.TCP);
        stage.serve(server);
        int drained;
        // Also those from before this virtual server was deleted: it gets them back.
        int ended;
        try (IpvsClient kept = IpvsClient.connect(client, IpvsStage.VIRTUAL)) {
            char name = kept.ask();
            int number = name - NAMES[0];
            stage.ipvs().apply(new ChangeRealServer(server.key(), RealServer.of(IpvsStage.real(false, number), 0)));
            for (int i = 0; i < 4; i++) {
                assertEquals(NAMES[1 - number], IpvsClient.once(client, IpvsStage.VIRTUAL));
            }
            assertEquals(name, kept.ask());
            assertEquals(1, stage.status(server.key(), number).activeConnections());
            ended = stage.status(server.key(), number).inactiveConnections();
            drained = number;
        }
        Poll.until(
                "it is no longer active",
                LONGEST,
                () -> stage.status(server.key(), drained).activeConnections() == 0);
        assertTrue(
                stage.status(server.key(), drained).inactiveConnections() > ended,
                "the kernel remembers for two minutes what has ended");
    }

    private void comesBack() {
        VirtualServerKey server = rr(IpvsStage.VIRTUAL, IpvsStage.TCP).key();
        stage.serve(rr(IpvsStage.VIRTUAL, IpvsStage.TCP));
        stage.set("net/ipv4/vs/expire_nodest_conn", 0);
        try (IpvsClient kept = IpvsClient.connect(client, IpvsStage.VIRTUAL)) {
            char name = kept.ask();
            int number = name - NAMES[0];
            stage.ipvs().apply(new DeleteRealServer(server, IpvsStage.real(false, number)));
            assertTrue(kept.isMute(), "packets of a connection without real server go nowhere");
            stage.ipvs().apply(new AddRealServer(server, RealServer.of(IpvsStage.real(false, number), 1)));
            assertEquals(1, stage.status(server, number).activeConnections());
            assertEquals(name, kept.ask());
        }
    }

    private void persists() {
        VirtualServer server = rr(IpvsStage.VIRTUAL, IpvsStage.TCP).withPersistence(60);
        stage.serve(server);
        char name = IpvsClient.once(client, IpvsStage.VIRTUAL);
        int number = name - NAMES[0];
        for (int i = 0; i < 4; i++) {
            assertEquals(name, IpvsClient.once(client, IpvsStage.VIRTUAL));
        }
        assertEquals(1, stage.status(server.key(), number).persistentConnections());
        // Even to one of weight 0, unless the kernel is told otherwise.
        stage.ipvs().apply(new ChangeRealServer(server.key(), RealServer.of(IpvsStage.real(false, number), 0)));
        assertEquals(name, IpvsClient.once(client, IpvsStage.VIRTUAL));
        stage.set("net/ipv4/vs/expire_quiescent_template", 1);
        assertEquals(NAMES[1 - number], IpvsClient.once(client, IpvsStage.VIRTUAL));
    }
}
