package io.fairlead.kernel.ipvs;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.GenericFamily;
import io.fairlead.kernel.netlink.NetlinkAnswer;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkProtocol;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * IPVS of a network namespace, spoken to by generic netlink (net/netfilter/ipvs/ip_vs_ctl.c).
 *
 * <p>The kernel works through a datagram of operations while it is being sent and answers each of them. Listings are put
 * together piece by piece, by counting entries in tables that all namespaces share.
 *
 * <p>Confined to one thread at a time.
 */
public final class NetlinkIpvs implements Ipvs {

    /** The answers to so many operations fit into any receive queue: beyond it the kernel drops them. */
    private static final int DATAGRAM_OPERATIONS_MAX = 1000;

    private static final String ALL = "IPVS";

    private final NetlinkClient client;
    private final GenericFamily family;
    private final IpvsDecoder decoder = new IpvsDecoder();

    private NetlinkIpvs(NetlinkClient client, GenericFamily family) {
        this.client = client;
        this.family = family;
    }

    /**
     * Opens the network namespace of the calling thread.
     *
     * @throws KernelException EPROTONOSUPPORT if the kernel has no IPVS
     */
    public static NetlinkIpvs open() {
        return openIfPresent()
                .orElseThrow(() -> new KernelException(
                        "open",
                        ALL,
                        Errno.EPROTONOSUPPORT,
                        "neither built in nor to be had as module ip_vs; IPVS needs CONFIG_IP_VS"));
    }

    /** As {@link #open()}; empty if the kernel has no IPVS. */
    public static Optional<NetlinkIpvs> openIfPresent() {
        NetlinkClient client = NetlinkClient.open(NetlinkProtocol.GENERIC);
        Optional<NetlinkIpvs> opened = Optional.empty();
        try {
            opened = GenericFamily.find(client, IpvsMessages.FAMILY).map(family -> new NetlinkIpvs(client, family));
        } finally {
            if (opened.isEmpty()) {
                client.close();
            }
        }
        return opened;
    }

    @Override
    public List<VirtualServer> virtualServers() {
        List<VirtualServer> found = new ArrayList<>();
        family.begin(client, IpvsMessages.GET_SERVICE, 0);
        dump("virtual servers", found, message -> decoder.virtualServer(message).ifPresent(found::add));
        return List.copyOf(found);
    }

    @Override
    public List<RealServerStatus> realServers(VirtualServerKey server) {
        List<RealServerStatus> found = new ArrayList<>();
        IpvsEncoder.virtualServer(family.begin(client, IpvsMessages.GET_DEST, 0), server);
        dump(
                "real servers of virtual server " + server,
                found,
                message -> found.add(decoder.realServer(message, server.isIpv6())));
        return List.copyOf(found);
    }

    private void dump(String what, List<?> found, Consumer<NetlinkMessage> visitor) {
        client.dump("list", what, new NetlinkClient.DumpVisitor() {
            @Override
            public void begin() {
                found.clear();
            }

            @Override
            public void message(NetlinkMessage message) {
                if (message.type() == family.number()) {
                    visitor.accept(message);
                }
            }
        });
    }

    @Override
    public List<IpvsRefusal> applyAll(List<IpvsOperation> operations) {
        List<IpvsRefusal> refusals = new ArrayList<>();
        try {
            for (int from = 0; from < operations.size(); from += DATAGRAM_OPERATIONS_MAX) {
                int to = Math.min(from + DATAGRAM_OPERATIONS_MAX, operations.size());
                apply(operations, from, to, refusals);
            }
        } finally {
            client.forget();
        }
        return List.copyOf(refusals);
    }

    /** Does a part of the operations with one datagram. */
    private void apply(List<IpvsOperation> operations, int from, int to, List<IpvsRefusal> refusals) {
        int firstSequence = 0;
        for (int i = from; i < to; i++) {
            IpvsOperation operation = operations.get(i);
            int command = IpvsEncoder.command(operation);
            NetlinkWriter writer;
            if (i == from) {
                writer = family.begin(client, command, NetlinkClient.FLAG_ACK);
                firstSequence = client.sequence();
            } else {
                writer = family.beginAnother(client, command, NetlinkClient.FLAG_ACK);
            }
            IpvsEncoder.operation(writer, operation);
        }
        int answered = 0;
        for (NetlinkAnswer answer : client.executeAll("change", ALL)) {
            int index = from + answer.sequence() - firstSequence;
            if (index < from || index >= to) {
                continue;
            }
            answered++;
            if (answer.errno() != 0) {
                refusals.add(new IpvsRefusal(index, operations.get(index), answer.errno(), answer.text()));
            }
        }
        if (answered != to - from) {
            throw new KernelException(
                    "change", ALL, Errno.ENOBUFS, answered + " of " + (to - from) + " operations were answered");
        }
    }

    @Override
    public IpvsTimeouts timeouts() {
        family.begin(client, IpvsMessages.GET_CONFIG, 0);
        List<IpvsTimeouts> found = new ArrayList<>();
        client.ask("read time-outs of", ALL, message -> {
            if (message.type() == family.number()) {
                found.add(decoder.timeouts(message));
            }
        });
        if (found.isEmpty()) {
            throw new KernelException("read time-outs of", ALL, 0, "the kernel did not say them");
        }
        return found.getFirst();
    }

    @Override
    public void setTimeouts(IpvsTimeouts timeouts) {
        IpvsEncoder.timeouts(family.begin(client, IpvsMessages.SET_CONFIG, 0), timeouts);
        client.execute("set time-outs of", ALL + " to " + timeouts);
    }

    @Override
    public void close() {
        client.close();
    }
}
