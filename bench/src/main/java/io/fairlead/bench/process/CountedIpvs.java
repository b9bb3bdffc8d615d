package io.fairlead.bench.process;

import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.IpvsRefusal;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.RealServerStatus;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/**
 * IPVS with what it costs: messages, of which each operation is one and each listing another, and CPU time of the thread
 * that asks.
 *
 * <p>Confined to one thread at a time.
 */
final class CountedIpvs implements Ipvs {

    private final Ipvs ipvs;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long messages;
    private long nanos;

    CountedIpvs(Ipvs ipvs) {
        this.ipvs = ipvs;
    }

    long messages() {
        return messages;
    }

    /** CPU time. */
    long nanos() {
        return nanos;
    }

    @Override
    public List<VirtualServer> virtualServers() {
        long start = started(1);
        List<VirtualServer> servers = ipvs.virtualServers();
        ended(start);
        return servers;
    }

    @Override
    public List<RealServerStatus> realServers(VirtualServerKey server) {
        long start = started(1);
        List<RealServerStatus> servers = ipvs.realServers(server);
        ended(start);
        return servers;
    }

    @Override
    public List<IpvsRefusal> applyAll(List<IpvsOperation> operations) {
        long start = started(operations.size());
        List<IpvsRefusal> refusals = ipvs.applyAll(operations);
        ended(start);
        return refusals;
    }

    private long started(int more) {
        messages += more;
        return threads.getCurrentThreadCpuTime();
    }

    private void ended(long start) {
        nanos += threads.getCurrentThreadCpuTime() - start;
    }

    @Override
    public IpvsTimeouts timeouts() {
        return ipvs.timeouts();
    }

    @Override
    public void setTimeouts(IpvsTimeouts timeouts) {
        ipvs.setTimeouts(timeouts);
    }

    @Override
    public void close() {
        ipvs.close();
    }
}
