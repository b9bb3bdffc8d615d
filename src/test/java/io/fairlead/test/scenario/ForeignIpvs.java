package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.ipvs.ServerRenderer;
import io.fairlead.agent.dataplane.ipvs.VirtualAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.IpvsOperation;
import io.fairlead.kernel.ipvs.RealServer;
import io.fairlead.kernel.ipvs.RealServerKey;
import io.fairlead.kernel.ipvs.VirtualServer;
import io.fairlead.kernel.ipvs.VirtualServerKey;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Another program that uses IPVS, and nftables.
 *
 * <p>Confined to one thread.
 */
final class ForeignIpvs implements ForeignProgram {

    private static final int TCP = 6;
    private static final int WEIGHTS = 5;

    private final FakeIpvsKernel kernel;
    private final VirtualAddresses addresses;
    private final ForeignProgram rules;
    private int made;

    /**
     * @param addresses of our link
     * @param rules which it edits besides
     */
    ForeignIpvs(FakeIpvsKernel kernel, VirtualAddresses addresses, ForeignProgram rules) {
        this.kernel = kernel;
        this.addresses = addresses;
        this.rules = rules;
    }

    @Override
    public void act(Random random) {
        if (random.nextInt(3) == 0) {
            rules.act(random);
            return;
        }
        try (Ipvs ipvs = kernel.open()) {
            List<VirtualServer> all = ipvs.virtualServers();
            List<VirtualServer> own =
                    all.stream().filter(server -> isOwn(server.key())).toList();
            List<VirtualServer> ours =
                    all.stream().filter(ServerRenderer::isOurs).toList();
            int deed = random.nextInt(10);
            if (deed < 3 || own.isEmpty() && deed < 5) {
                bring(ipvs, random);
            } else if (deed < 5) {
                changeOwn(ipvs, ForeignProgram.one(own, random), random);
            } else if (deed == 5) {
                addresses.read().stream().findAny().ifPresent(addresses::remove);
            } else if (!ours.isEmpty()) {
                breakOurs(ipvs, ForeignProgram.one(ours, random), deed, random);
            }
        }
    }

    private static boolean isOwn(VirtualServerKey key) {
        return isOwn(IpAddress.ofBytes(key.address().getAddress()).toString());
    }

    /** Whether a line is about what it has. */
    static boolean isOwn(String text) {
        return text.contains(ForeignProgram.RANGE) || text.contains(ForeignProgram.RANGE_6);
    }

    private void bring(Ipvs ipvs, Random random) {
        boolean ipv6 = random.nextBoolean();
        VirtualServerKey key = new VirtualServerKey(AddressPlanNode.inet(address(ipv6)), TCP, 80);
        ipvs.apply(new IpvsOperation.AddVirtualServer(VirtualServer.of(key, "wrr", 0)));
        for (int i = 0; i < 2; i++) {
            ipvs.apply(new IpvsOperation.AddRealServer(key, stranger(ipv6, 1 + random.nextInt(WEIGHTS))));
        }
    }

    private IpAddress address(boolean ipv6) {
        return IpAddress.parse(ForeignProgram.address(ipv6, ++made));
    }

    private RealServer stranger(boolean ipv6, int weight) {
        return RealServer.of(new RealServerKey(AddressPlanNode.inet(address(ipv6)), 8080), weight);
    }

    private static void changeOwn(Ipvs ipvs, VirtualServer server, Random random) {
        if (random.nextBoolean()) {
            ipvs.apply(new IpvsOperation.DeleteVirtualServer(server.key()));
        } else {
            RealServer first = real(ipvs, server.key()).getFirst();
            ipvs.apply(new IpvsOperation.ChangeRealServer(
                    server.key(), RealServer.of(first.key(), random.nextInt(WEIGHTS))));
        }
    }

    private static List<RealServer> real(Ipvs ipvs, VirtualServerKey key) {
        return ipvs.realServers(key).stream().map(status -> status.server()).toList();
    }

    private void breakOurs(Ipvs ipvs, VirtualServer server, int deed, Random random) {
        VirtualServerKey key = server.key();
        List<RealServer> real = real(ipvs, key);
        switch (deed) {
            case 6 -> ipvs.apply(new IpvsOperation.DeleteVirtualServer(key));
            // As kube-proxy does with what it wants, too.
            case 7 -> ipvs.apply(new IpvsOperation.ChangeVirtualServer(VirtualServer.of(key, "rr", 0)));
            case 8 -> ipvs.apply(new IpvsOperation.AddRealServer(key, stranger(key.isIpv6(), 1)));
            default -> {
                if (!real.isEmpty()) {
                    RealServer one = ForeignProgram.one(real, random);
                    ipvs.apply(
                            random.nextBoolean()
                                    ? new IpvsOperation.DeleteRealServer(key, one.key())
                                    : new IpvsOperation.ChangeRealServer(
                                            key, RealServer.of(one.key(), random.nextInt(WEIGHTS))));
                }
            }
        }
    }

    @Override
    public List<String> own() {
        List<String> lines = new ArrayList<>(rules.own());
        try (Ipvs ipvs = kernel.open()) {
            ipvs.virtualServers().stream()
                    .filter(server -> isOwn(server.key()))
                    .forEach(server -> lines.add(server + " " + real(ipvs, server.key())));
        }
        return lines;
    }
}
