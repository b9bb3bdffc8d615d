package io.fairlead.kernel.ipvs.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.IpBytes;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsOperation.AddRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.AddVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.ChangeVirtualServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteRealServer;
import io.fairlead.kernel.ipvs.IpvsOperation.DeleteVirtualServer;
import io.fairlead.kernel.ipvs.IpvsRefusal;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The fake refuses what the kernel refuses, with its errno, and a refused operation changes nothing. */
class FakeIpvsTest {

    private static final VirtualServerKey WEB = key(6, 10, 0, 0, 10);
    private static final VirtualServerKey WEB6 = new VirtualServerKey(IpBytes.address(ipv6(0xfd, 0x0a)), 6, 80);
    private static final RealServerKey BACKEND = real(10, 180, 0, 1);
    private static final RealServerKey BACKEND2 = real(10, 180, 0, 2);
    private static final RealServerKey BACKEND6 = new RealServerKey(IpBytes.address(ipv6(0xfd, 1)), 80);

    private final FakeIpvsKernel kernel = new FakeIpvsKernel();
    private final FakeIpvs ipvs = kernel.open();

    private static VirtualServerKey key(int protocol, int... bytes) {
        return new VirtualServerKey(IpBytes.address(ipv4(bytes)), protocol, 80);
    }

    private static RealServerKey real(int... bytes) {
        return new RealServerKey(IpBytes.address(ipv4(bytes)), 8080);
    }

    private static byte[] ipv4(int... bytes) {
        return new byte[] {(byte) bytes[0], (byte) bytes[1], (byte) bytes[2], (byte) bytes[3]};
    }

    /** With such a first and last byte. */
    private static byte[] ipv6(int first, int last) {
        byte[] bytes = new byte[IpBytes.IPV6_BYTES];
        bytes[0] = (byte) first;
        bytes[IpBytes.IPV6_BYTES - 1] = (byte) last;
        return bytes;
    }

    private void done(IpvsOperation... operations) {
        assertEquals(List.of(), ipvs.applyAll(List.of(operations)));
    }

    private void refused(int errno, IpvsOperation operation) {
        List<VirtualServer> servers = ipvs.virtualServers();
        List<RealServerStatus> real = ipvs.realServers(WEB);
        assertEquals(List.of(new IpvsRefusal(0, operation, errno, "")), ipvs.applyAll(List.of(operation)));
        assertEquals(servers, ipvs.virtualServers());
        assertEquals(real, ipvs.realServers(WEB));
    }

    private static AddVirtualServer add(VirtualServerKey key) {
        return new AddVirtualServer(VirtualServer.of(key, "rr", 0));
    }

    private static AddRealServer add(RealServerKey key) {
        return new AddRealServer(WEB, RealServer.of(key, 1));
    }

    @Test
    void serversComeChangeAndGo() {
        VirtualServer web = VirtualServer.of(WEB, "wrr", 0);
        done(new AddVirtualServer(web), add(BACKEND), add(BACKEND2));
        assertEquals(List.of(web), ipvs.virtualServers());
        VirtualServer changed = web.withPersistence(60);
        done(
                new ChangeVirtualServer(changed),
                new ChangeRealServer(WEB, RealServer.of(BACKEND, 7)),
                new DeleteRealServer(WEB, BACKEND2));
        assertEquals(List.of(changed), ipvs.virtualServers());
        assertEquals(List.of(new RealServerStatus(RealServer.of(BACKEND, 7), 0, 0, 0)), ipvs.realServers(WEB));
        done(new DeleteVirtualServer(WEB));
        assertEquals(List.of(), ipvs.virtualServers());
        assertEquals(List.of(), ipvs.realServers(WEB), "no such virtual server is no error");
    }

    @Test
    void whatIsNotThereCannotBeChanged() {
        refused(Errno.ESRCH, new ChangeVirtualServer(VirtualServer.of(WEB, "rr", 0)));
        refused(Errno.ESRCH, new DeleteVirtualServer(WEB));
        refused(Errno.ESRCH, add(BACKEND));
        refused(Errno.ESRCH, new DeleteRealServer(WEB, BACKEND));
        done(add(WEB));
        refused(Errno.ENOENT, new ChangeRealServer(WEB, RealServer.of(BACKEND, 1)));
        refused(Errno.ENOENT, new DeleteRealServer(WEB, BACKEND));
    }

    @Test
    void whatIsThereCannotBeAdded() {
        done(add(WEB), add(BACKEND));
        refused(Errno.EEXIST, add(WEB));
        refused(Errno.EEXIST, add(BACKEND));
        done(add(key(17, 10, 0, 0, 10)));
    }

    @Test
    void schedulersMustBeKnown() {
        refused(Errno.ENOENT, new AddVirtualServer(VirtualServer.of(WEB, "best", 0)));
        for (String scheduler : FakeIpvsKernel.SCHEDULERS) {
            done(new AddVirtualServer(VirtualServer.of(WEB, scheduler, 0)), new DeleteVirtualServer(WEB));
        }
        FakeIpvs poor = new FakeIpvsKernel(Set.of("rr"), true).open();
        assertEquals(
                Errno.ENOENT,
                poor.applyAll(List.of(new AddVirtualServer(VirtualServer.of(WEB, "mh", 0))))
                        .getFirst()
                        .errno());
        done(add(WEB));
        refused(Errno.ENOENT, new ChangeVirtualServer(VirtualServer.of(WEB, "best", 0)));
    }

    @Test
    void weightsAndThresholdsMustMakeSense() {
        done(add(WEB));
        refused(Errno.ERANGE, new AddRealServer(WEB, RealServer.of(BACKEND, -1)));
        refused(Errno.ERANGE, new AddRealServer(WEB, new RealServer(BACKEND, 0, 1, 10, 11)));
        refused(Errno.ERANGE, new AddRealServer(WEB, new RealServer(BACKEND, 0, 1, 10, -1)));
        refused(Errno.EINVAL, new AddRealServer(WEB, new RealServer(BACKEND, 0, 1, -1, 0)));
        done(new AddRealServer(WEB, new RealServer(BACKEND, 0, 0, 10, 10)));
        refused(Errno.ERANGE, new ChangeRealServer(WEB, RealServer.of(BACKEND, -1)));
        refused(Errno.ERANGE, new ChangeRealServer(WEB, new RealServer(BACKEND, 0, 1, 10, 11)));
    }

    @Test
    void realServersMustBeReachable() {
        done(add(WEB), add(WEB6));
        refused(Errno.EINVAL, add(real(0, 0, 0, 0)));
        refused(Errno.EINVAL, add(real(0, 1, 2, 3)));
        refused(Errno.EINVAL, add(real(224, 0, 0, 1)));
        refused(Errno.EINVAL, add(real(255, 255, 255, 255)));
        done(add(real(127, 0, 0, 1)));
        byte[] mapped = ipv6(0, 1);
        mapped[10] = -1;
        mapped[11] = -1;
        byte[] linkLocal = ipv6(0xfe, 1);
        linkLocal[1] = (byte) 0x80;
        for (byte[] bytes : List.of(new byte[16], mapped, ipv6(0xff, 1), linkLocal)) {
            RealServerKey key = new RealServerKey(IpBytes.address(bytes), 80);
            refused(Errno.EINVAL, new AddRealServer(WEB6, RealServer.of(key, 1)));
        }
        done(new AddRealServer(WEB6, RealServer.of(new RealServerKey(IpBytes.address(ipv6(0, 1)), 80), 1)));
    }

    @Test
    void realServersOfTheOtherFamilyAreReachedByTunnelsOnly() {
        done(add(WEB));
        refused(Errno.EINVAL, new AddRealServer(WEB, RealServer.of(BACKEND6, 1)));
        refused(Errno.EINVAL, new ChangeRealServer(WEB, RealServer.of(BACKEND6, 1)));
        refused(Errno.ENOENT, new DeleteRealServer(WEB, BACKEND6));
        done(new AddRealServer(WEB, new RealServer(BACKEND6, RealServer.TUNNEL, 1, 0, 0)));
    }

    @Test
    void ipv6WantsPrefixAndSupport() {
        refused(Errno.EINVAL, new AddVirtualServer(new VirtualServer(WEB6, "rr", 1, 60, 0)));
        done(new AddVirtualServer(new VirtualServer(WEB, "rr", 1, 60, 0)));
        FakeIpvs without = new FakeIpvsKernel(FakeIpvsKernel.SCHEDULERS, false).open();
        assertEquals(
                Errno.EAFNOSUPPORT,
                without.applyAll(List.of(add(WEB6))).getFirst().errno());
    }

    /** Without transactions, what follows a refused operation is done all the same. */
    @Test
    void batchGoesOnAfterARefusal() {
        DeleteRealServer wrong = new DeleteRealServer(WEB, BACKEND);
        assertEquals(
                List.of(new IpvsRefusal(1, wrong, Errno.ENOENT, "")),
                ipvs.applyAll(List.of(add(WEB), wrong, add(BACKEND2))));
        assertEquals(1, ipvs.realServers(WEB).size());
        KernelException refused = assertThrows(KernelException.class, () -> ipvs.apply(wrong));
        assertEquals(Errno.ENOENT, refused.errno());
    }

    @Test
    void connectionsOutliveTheirRealServer() {
        done(add(WEB), add(BACKEND));
        kernel.setConnections(WEB, BACKEND, 2, 1, 0);
        assertFalse(ipvs.realServers(WEB).getFirst().isDrained());
        done(new ChangeRealServer(WEB, RealServer.of(BACKEND, 0)));
        assertEquals(List.of(new RealServerStatus(RealServer.of(BACKEND, 0), 2, 1, 0)), ipvs.realServers(WEB));
        done(new DeleteVirtualServer(WEB), add(WEB), add(BACKEND));
        assertEquals(2, ipvs.realServers(WEB).getFirst().activeConnections());
        done(new DeleteRealServer(WEB, BACKEND));
        kernel.setConnections(WEB, BACKEND, 0, 0, 0);
        done(add(BACKEND));
        assertTrue(ipvs.realServers(WEB).getFirst().isDrained());
        assertThrows(IllegalArgumentException.class, () -> kernel.setConnections(WEB, BACKEND2, 1, 0, 0));
    }

    @Test
    void timeoutsAreSetWhereTheyAreGiven() {
        assertEquals(new IpvsTimeouts(900, 120, 300), ipvs.timeouts());
        ipvs.setTimeouts(new IpvsTimeouts(0, 30, 0));
        assertEquals(new IpvsTimeouts(900, 30, 300), ipvs.timeouts());
        for (int wrong : new int[] {-1, Integer.MAX_VALUE}) {
            KernelException refused =
                    assertThrows(KernelException.class, () -> ipvs.setTimeouts(new IpvsTimeouts(5, 5, wrong)));
            assertEquals(Errno.EINVAL, refused.errno());
        }
        assertEquals(new IpvsTimeouts(900, 30, 300), ipvs.timeouts());
    }

    @Test
    void faultsAreInjected() {
        kernel.failNext(Errno.ENOMEM);
        assertEquals(Errno.ENOMEM, ipvs.applyAll(List.of(add(WEB))).getFirst().errno());
        assertEquals(List.of(), ipvs.virtualServers());
        kernel.setFaults((call, number) -> new Faults.Fault(Errno.ENOBUFS, true));
        assertThrows(KernelException.class, () -> ipvs.applyAll(List.of(add(WEB), add(BACKEND))));
        assertThrows(KernelException.class, ipvs::virtualServers);
        assertThrows(KernelException.class, () -> ipvs.setTimeouts(new IpvsTimeouts(1, 1, 1)));
        kernel.setFaults(Faults.NONE);
        assertEquals(1, ipvs.realServers(WEB).size(), "it was done, only the answers were lost");
        assertEquals(new IpvsTimeouts(1, 1, 1), ipvs.timeouts());
    }

    @Test
    void messagesAreCountedAndStrangersHeard() {
        done(add(WEB), add(BACKEND));
        kernel.open().applyAll(List.of(new DeleteVirtualServer(WEB6)));
        ipvs.virtualServers();
        assertEquals(new FakeIpvsKernel.Counts(3, 1), kernel.counts());
        kernel.clearByOther();
        assertEquals(List.of(), ipvs.virtualServers());
        ipvs.close();
        assertThrows(IllegalStateException.class, ipvs::virtualServers);
    }
}
