package io.fairlead.kernel.ipvs.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsRefusal;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket to a {@link FakeIpvsKernel}: refuses what the kernel refuses, with the same errno.
 *
 * <p>Confined to one thread at a time.
 */
public final class FakeIpvs implements Ipvs {

    /** INT_MAX / HZ, with the most ticks in a second that kernels are built with. */
    private static final int TIMEOUT_SECONDS_MAX = Integer.MAX_VALUE / 1000;

    private static final String ALL = "IPVS";

    private final FakeIpvsKernel kernel;
    private final FakeIpvsLaw law;
    private boolean closed;

    FakeIpvs(FakeIpvsKernel kernel) {
        this.kernel = kernel;
        this.law = new FakeIpvsLaw(kernel);
    }

    /** What this socket is connected to. */
    public FakeIpvsKernel kernel() {
        return kernel;
    }

    @Override
    public List<VirtualServer> virtualServers() {
        synchronized (kernel) {
            requireOpen();
            failIf(kernel.countRead(), "list", "virtual servers");
            return kernel.servers().values().stream()
                    .map(FakeVirtualServer::declaration)
                    .toList();
        }
    }

    @Override
    public List<RealServerStatus> realServers(VirtualServerKey key) {
        synchronized (kernel) {
            requireOpen();
            failIf(kernel.countRead(), "list", "real servers of virtual server " + key);
            FakeVirtualServer server = kernel.servers().get(key);
            return server == null ? List.of() : server.realServers();
        }
    }

    @Override
    public List<IpvsRefusal> applyAll(List<IpvsOperation> operations) {
        synchronized (kernel) {
            requireOpen();
            List<IpvsRefusal> refusals = new ArrayList<>();
            boolean lost = false;
            for (int i = 0; i < operations.size(); i++) {
                IpvsOperation operation = operations.get(i);
                Fault fault = kernel.countOperation();
                int errno = !fault.fails() || fault.applied() ? law.apply(operation) : 0;
                lost |= fault.errno() == Errno.ENOBUFS;
                if (fault.fails()) {
                    refusals.add(new IpvsRefusal(i, operation, fault.errno(), "injected fault"));
                } else if (errno != 0) {
                    refusals.add(new IpvsRefusal(i, operation, errno, ""));
                }
            }
            if (lost) {
                throw new KernelException("change", ALL, Errno.ENOBUFS, "injected fault: answers were lost");
            }
            return List.copyOf(refusals);
        }
    }

    @Override
    public IpvsTimeouts timeouts() {
        synchronized (kernel) {
            requireOpen();
            failIf(kernel.countRead(), "read time-outs of", ALL);
            return kernel.timeouts();
        }
    }

    @Override
    public void setTimeouts(IpvsTimeouts timeouts) {
        synchronized (kernel) {
            requireOpen();
            String operation = "set time-outs of";
            Fault fault = kernel.countOperation();
            if (!fault.fails() || fault.applied()) {
                if (isOutOfRange(timeouts.tcpSeconds())
                        || isOutOfRange(timeouts.tcpFinSeconds())
                        || isOutOfRange(timeouts.udpSeconds())) {
                    throw new KernelException(operation, ALL + " to " + timeouts, Errno.EINVAL, "");
                }
                IpvsTimeouts old = kernel.timeouts();
                kernel.setTimeouts(new IpvsTimeouts(
                        orOld(timeouts.tcpSeconds(), old.tcpSeconds()),
                        orOld(timeouts.tcpFinSeconds(), old.tcpFinSeconds()),
                        orOld(timeouts.udpSeconds(), old.udpSeconds())));
            }
            failIf(fault, operation, ALL + " to " + timeouts);
        }
    }

    private static boolean isOutOfRange(int seconds) {
        return seconds < 0 || seconds > TIMEOUT_SECONDS_MAX;
    }

    private static int orOld(int seconds, int old) {
        return seconds == 0 ? old : seconds;
    }

    @Override
    public void close() {
        synchronized (kernel) {
            closed = true;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the socket is closed");
        }
    }

    private static void failIf(Fault fault, String operation, String target) {
        if (fault.fails()) {
            throw new KernelException(operation, target, fault.errno(), "injected fault");
        }
    }
}
