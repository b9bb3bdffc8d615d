package io.fairlead.agent.mode;

import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.ipvs.DummyLink;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.neighbour.KubeProxyLeftovers;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.feature.KernelFeature;
import io.fairlead.kernel.ipvs.IpvsTimeouts;
import io.fairlead.kernel.ipvs.NetlinkIpvs;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.NftMonitor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Mode ipvs. IPVS tells nobody of changes, so virtual servers are counted from time to time.
 *
 * <p>Confined to the main thread, but for what its methods say.
 */
final class IpvsMode implements ServingMode {

    private static final Logger LOG = System.getLogger(IpvsMode.class.getName());
    /** How often what has drained is cleared away, and virtual servers are counted. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final String NO_IPVS =
            "this kernel has no IPVS, neither built in nor as module ip_vs (CONFIG_IP_VS); modes nftables and iptables"
                    + " do without it";

    private final NetlinkNft nft;
    private final boolean owned;
    private final NetlinkIpvs ipvs;
    private final DummyLink link;
    private final String scheduler;
    private final IpvsDataplane plane;

    private IpvsMode(NetlinkNft nft, boolean owned, NetlinkIpvs ipvs, DummyLink link, ModeOptions options) {
        this.nft = nft;
        this.owned = owned;
        this.ipvs = ipvs;
        this.link = link;
        this.scheduler = options.ipvs().scheduler();
        this.plane = new IpvsDataplane(IpvsTables.serving(nft, owned), ipvs, link, options.ipvs());
    }

    static ModeResult open(ModeOptions options) {
        Optional<NetlinkIpvs> ipvs = NetlinkIpvs.openIfPresent();
        if (ipvs.isEmpty()) {
            return new ModeResult.Missing(NO_IPVS);
        }
        NetlinkNft nft = NetlinkNft.open();
        DummyLink link = DummyLink.open(KubeProxyLeftovers.IPVS_LINK);
        String missing = missing(nft, ipvs.get(), link, options);
        if (!missing.isEmpty()) {
            nft.close();
            ipvs.get().close();
            link.close();
            return new ModeResult.Missing(missing);
        }
        IpvsDrain.stop();
        return new ModeResult.Opened(new IpvsMode(nft, nft.supportsOwnedPersistentTables(), ipvs.get(), link, options));
    }

    /** Loads IPVS, since its parameters are there only then, and sets them. */
    static List<String> prepare(ModeOptions options) {
        Optional<NetlinkIpvs> ipvs = NetlinkIpvs.openIfPresent();
        ipvs.ifPresent(NetlinkIpvs::close);
        return ipvs.isEmpty() ? List.of(NO_IPVS) : IpvsParameters.apply(options.strictArp());
    }

    private static String missing(NetlinkNft nft, NetlinkIpvs ipvs, DummyLink link, ModeOptions options) {
        String missing = KernelFeature.describeMissing(nft);
        if (!missing.isEmpty()) {
            return missing;
        }
        List<String> refused = IpvsParameters.apply(options.strictArp());
        if (!refused.isEmpty()) {
            return "mode ipvs cannot set " + String.join(", ", refused)
                    + "; --init-only sets it where this process may not";
        }
        try {
            link.read();
            if (!options.timeouts().equals(IpvsTimeouts.UNCHANGED)) {
                ipvs.setTimeouts(options.timeouts());
            }
            return "";
        } catch (KernelException e) {
            return "mode ipvs: " + e.getMessage();
        }
    }

    @Override
    public String name() {
        return "ipvs";
    }

    @Override
    public String description() {
        return "scheduler " + scheduler + ", tables " + (owned ? "owned" : "not owned");
    }

    @Override
    public ModeRules rules() {
        return ModeRules.IPVS;
    }

    @Override
    public RuleKind kind() {
        return RuleKind.IPVS;
    }

    @Override
    public Dataplane dataplane() {
        return plane;
    }

    @Override
    public Runnable watch(Runnable onForeignChange) {
        NetlinkIpvs look = NetlinkIpvs.open();
        CountDownLatch end = new CountDownLatch(1);
        Thread watch = Thread.ofPlatform().daemon().name("ipvs-watch").start(() -> run(look, end, onForeignChange));
        Optional<NftMonitor> monitor = owned
                ? Optional.empty()
                : Optional.of(NftMonitor.open(IpvsTables.TABLE, nft.portId(), onForeignChange));
        monitor.ifPresent(Thread.ofPlatform().daemon().name("nft-monitor")::start);
        return () -> {
            monitor.ifPresent(NftMonitor::close);
            end.countDown();
            try {
                // What it looks with may serve another purpose now.
                watch.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void run(NetlinkIpvs look, CountDownLatch end, Runnable onForeignChange) {
        try (look) {
            while (!end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look(look, onForeignChange);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(NetlinkIpvs look, Runnable onForeignChange) {
        try {
            plane.clearDrained();
            int expected = plane.virtualServers();
            // A listing may miss one while others change: then all is compared once for nothing.
            if (expected != IpvsDataplane.count(look) && expected == plane.virtualServers()) {
                onForeignChange.run();
            }
        } catch (KernelException e) {
            LOG.log(Level.WARNING, "cannot look after virtual servers: {0}", e.getMessage());
        }
    }

    @Override
    public void stepped() {}

    @Override
    public boolean removeRules() {
        // Tables that are owned nobody else can remove.
        boolean tables = IpvsTables.cleanup(nft);
        return RuleKind.IPVS.remove() || tables;
    }

    @Override
    public void retire() {
        IpvsDrain.start(nft, ipvs, link);
    }

    @Override
    public void close() {
        plane.close();
    }
}
