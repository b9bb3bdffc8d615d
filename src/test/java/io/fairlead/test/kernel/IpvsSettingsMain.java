package io.fairlead.test.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.Errno;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsOperation.AddRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.AddVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteVirtualServer;
import io.fairlead.kernel.ipvs.IpvsRefusal;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What we write into IPVS is what we and ipvsadm read, on the kernel on which this runs.
 *
 * <p>Confined to the main thread.
 */
final class IpvsSettingsMain {

    /** The answers to twice as many operations are more than any socket holds. */
    private static final int MANY = 12_000;

    private static final VirtualServerKey WEB = IpvsStage.key(IpvsStage.VIRTUAL, IpvsStage.TCP);

    private final IpvsStage stage;
    private final Ipvs ipvs;
    private final Set<String> schedulers = new HashSet<>(FakeIpvsKernel.SCHEDULERS);

    private IpvsSettingsMain(IpvsStage stage, Set<String> lacking) {
        this.stage = stage;
        this.ipvs = stage.ipvs();
        schedulers.removeAll(lacking);
    }

    /** @param words schedulers that this kernel lacks */
    public static void main(String[] words) {
        try (IpvsStage stage = new IpvsStage()) {
            IpvsSettingsMain proofs = new IpvsSettingsMain(stage, Set.of(words));
            proofs.lackingSchedulersAreRefused(words);
            proofs.schedulersHaveTheirFlags();
            proofs.everyProtocolAndFamilyIsReadBack();
            proofs.ipvsadmReadsWhatWeWrote();
            proofs.weReadWhatIpvsadmWrote();
            proofs.timeouts();
            proofs.batchSaysWhatWasRefused();
            proofs.manyAtOnce();
        }
    }

    private void lackingSchedulersAreRefused(String[] lacking) {
        for (String scheduler : lacking) {
            KernelException refused = assertThrows(
                    KernelException.class, () -> ipvs.apply(new AddVirtualServer(VirtualServer.of(WEB, scheduler, 0))));
            assertEquals(Errno.ENOENT, refused.errno());
        }
    }

    private void schedulersHaveTheirFlags() {
        int[] combinations = {
            0,
            VirtualServer.ONE_PACKET,
            VirtualServer.SCHEDULER_1,
            VirtualServer.SCHEDULER_1 | VirtualServer.SCHEDULER_2,
            VirtualServer.SCHEDULER_1 | VirtualServer.SCHEDULER_2 | VirtualServer.SCHEDULER_3 | VirtualServer.ONE_PACKET
        };
        for (String scheduler : schedulers) {
            for (int flags : combinations) {
                VirtualServer server = VirtualServer.of(WEB, scheduler, flags);
                stage.serve(server);
                assertEquals(List.of(server), ipvs.virtualServers());
                ipvs.apply(new DeleteVirtualServer(WEB));
            }
        }
        for (String scheduler : schedulers) {
            ipvs.apply(new AddVirtualServer(VirtualServer.of(WEB, "rr", 0)));
            VirtualServer changed =
                    new VirtualServer(WEB, scheduler, VirtualServer.PERSISTENT | VirtualServer.SCHEDULER_2, 77, 24);
            ipvs.apply(new IpvsOperation.ChangeVirtualServer(changed));
            assertEquals(List.of(changed), ipvs.virtualServers());
            ipvs.apply(new DeleteVirtualServer(WEB));
        }
    }

    private void everyProtocolAndFamilyIsReadBack() {
        Set<VirtualServer> written = new HashSet<>();
        for (int protocol : new int[] {IpvsStage.TCP, IpvsStage.UDP, IpvsStage.SCTP}) {
            written.add(VirtualServer.of(IpvsStage.key(IpvsStage.VIRTUAL, protocol), "lc", 0)
                    .withPersistence(10_800));
            written.add(VirtualServer.of(IpvsStage.key(IpvsStage.VIRTUAL6, protocol), "lc", 0)
                    .withPersistence(10_800));
        }
        written.forEach(stage::serve);
        assertEquals(written, Set.copyOf(ipvs.virtualServers()));
        for (VirtualServer server : written) {
            boolean ipv6 = server.key().isIpv6();
            RealServer limited = new RealServer(IpvsStage.real(ipv6, 1), RealServer.MASQUERADE, 7, 100, 50);
            ipvs.apply(new IpvsOperation.ChangeRealServer(server.key(), limited));
            assertEquals(limited, stage.status(server.key(), 1).server());
            assertEquals(
                    RealServer.of(IpvsStage.real(ipv6, 0), 1),
                    stage.status(server.key(), 0).server());
        }
        stage.clear();
        assertEquals(List.of(), ipvs.virtualServers());
        assertEquals(List.of(), ipvs.realServers(WEB), "no such virtual server is no error");
    }

    private void ipvsadmReadsWhatWeWrote() {
        stage.serve(VirtualServer.of(WEB, "wrr", 0).withPersistence(600));
        stage.serve(VirtualServer.of(
                IpvsStage.key(IpvsStage.VIRTUAL6, IpvsStage.UDP),
                "mh",
                VirtualServer.SCHEDULER_1 | VirtualServer.SCHEDULER_2));
        assertEquals(
                Set.of(
                        "-A -t 172.30.0.41:80 -s wrr -p 600",
                        "-a -t 172.30.0.41:80 -r 10.180.0.1:8080 -m -w 1",
                        "-a -t 172.30.0.41:80 -r 10.180.0.2:8080 -m -w 1",
                        "-A -u [fd00:172:30::41]:80 -s mh -b mh-fallback,mh-port",
                        "-a -u [fd00:172:30::41]:80 -r [fd00:10:180::1]:8080 -m -w 1",
                        "-a -u [fd00:172:30::41]:80 -r [fd00:10:180::2]:8080 -m -w 1"),
                Set.copyOf(
                        stage.ipvsadm("--save", "-n").lines().map(String::strip).toList()));
        stage.clear();
    }

    private void weReadWhatIpvsadmWrote() {
        stage.ipvsadm("-A", "-t", "172.30.0.41:80", "-s", "sh", "-b", "sh-port", "-p", "120", "-M", "255.255.255.0");
        stage.ipvsadm("-a", "-t", "172.30.0.41:80", "-r", "10.180.0.1:8080", "-m", "-w", "9", "-x", "30", "-y", "20");
        stage.ipvsadm("-A", "-f", "77", "-s", "rr");
        assertEquals(
                List.of(new VirtualServer(WEB, "sh", VirtualServer.PERSISTENT | VirtualServer.SCHEDULER_2, 120, 24)),
                ipvs.virtualServers());
        assertEquals(
                new RealServer(IpvsStage.real(false, 0), RealServer.MASQUERADE, 9, 30, 20),
                stage.status(WEB, 0).server());
        stage.clear();
    }

    private void timeouts() {
        ipvs.setTimeouts(new IpvsTimeouts(901, 121, 301));
        assertEquals(new IpvsTimeouts(901, 121, 301), ipvs.timeouts());
        ipvs.setTimeouts(new IpvsTimeouts(0, 30, 0));
        assertEquals(new IpvsTimeouts(901, 30, 301), ipvs.timeouts());
        String said = stage.ipvsadm("-L", "--timeout");
        assertTrue(said.contains("901 30 301"), said);
        KernelException refused =
                assertThrows(KernelException.class, () -> ipvs.setTimeouts(new IpvsTimeouts(5, -1, 5)));
        assertEquals(Errno.EINVAL, refused.errno());
        assertEquals(new IpvsTimeouts(901, 30, 301), ipvs.timeouts());
    }

    private void batchSaysWhatWasRefused() {
        IpvsOperation wrong = new AddRealServer(WEB, RealServer.of(IpvsStage.real(true, 0), 1));
        List<IpvsRefusal> refusals = ipvs.applyAll(List.of(
                new AddVirtualServer(VirtualServer.of(WEB, "rr", 0)),
                new AddRealServer(WEB, RealServer.of(IpvsStage.real(false, 0), 1)),
                wrong,
                new AddRealServer(WEB, RealServer.of(IpvsStage.real(false, 1), 1))));
        assertEquals(1, refusals.size());
        assertEquals(2, refusals.getFirst().index());
        assertEquals(wrong, refusals.getFirst().operation());
        assertEquals(Errno.EINVAL, refusals.getFirst().errno());
        assertEquals(2, ipvs.realServers(WEB).size());
        stage.clear();
    }

    private void manyAtOnce() {
        List<IpvsOperation> operations = new ArrayList<>();
        VirtualServerKey first = IpvsStage.key(IpAddress.parse("10.96.0.0"), IpvsStage.TCP);
        Set<VirtualServer> servers = new HashSet<>();
        Set<RealServerKey> real = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            byte[] address = {10, 96, (byte) (i >> 8), (byte) i};
            VirtualServer server = VirtualServer.of(
                    new VirtualServerKey(IpBytes.address(address), IpvsStage.TCP, IpvsStage.PORT), "rr", 0);
            servers.add(server);
            operations.add(new AddVirtualServer(server));
            address[1] = 97;
            RealServerKey backend = new RealServerKey(IpBytes.address(address), IpvsStage.PORT);
            real.add(backend);
            operations.add(new AddRealServer(first, RealServer.of(backend, 1)));
        }
        long start = System.nanoTime();
        assertEquals(List.of(), ipvs.applyAll(operations));
        long written = System.nanoTime();
        List<VirtualServer> read = ipvs.virtualServers();
        assertEquals(MANY, read.size());
        assertEquals(servers, Set.copyOf(read));
        List<RealServerKey> readReal = ipvs.realServers(first).stream()
                .map(status -> status.server().key())
                .toList();
        assertEquals(MANY, readReal.size());
        assertEquals(real, Set.copyOf(readReal));
        System.out.println(operations.size() + " operations in " + (written - start) / 1_000_000 + " ms, read back in "
                + (System.nanoTime() - written) / 1_000_000 + " ms");
        stage.clear();
    }
}
