package io.fairlead.agent;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.dataplane.ipvs.AddressesInMemory;
import io.fairlead.agent.dataplane.ipvs.IpvsDataplane;
import io.fairlead.agent.dataplane.nftables.IpvsTables;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.mode.ModeOptions;
import io.fairlead.agent.mode.ModeResult;
import io.fairlead.agent.mode.Modes;
import io.fairlead.agent.mode.ServingMode;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.agent.plan.ModeRules;
import io.fairlead.agent.plan.NodePlanDelta.ServiceChange;
import io.fairlead.agent.plan.NodeResolver;
import io.fairlead.agent.view.AgentViews;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.fake.FakeIptablesKernel;
import io.fairlead.kernel.ipvs.Ipvs;
import io.fairlead.kernel.ipvs.fake.FakeIpvsKernel;
import io.fairlead.kernel.ipvs.fake.IpvsPrinter;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import io.fairlead.kernel.nft.fake.NftPrinter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * {@code proxy --once} and {@code proxy --dry-run}: one step on the first snapshot, and what it did.
 *
 * <p>Confined to the main thread.
 */
final class OfflineRun {

    /** More elements of one set than a person reads are counted, not printed. */
    private static final int ELEMENTS_SHOWN = 200;

    private final AgentPolicy policy;
    private final ProxyMode asked;
    private final ModeOptions options;
    private final Consumer<ClusterStore> startSource;
    private final Appendable out;

    /**
     * @param asked the mode that is asked for
     * @param options of single modes
     * @param startSource registers and starts the source of the cluster
     */
    OfflineRun(
            AgentPolicy policy,
            ProxyMode asked,
            ModeOptions options,
            Consumer<ClusterStore> startSource,
            Appendable out) {
        this.policy = policy;
        this.asked = asked;
        this.options = options;
        this.startSource = startSource;
        this.out = out;
    }

    /** Syncs once with the kernel; the exit code says whether all of it is there. */
    int once() {
        return switch (new Modes(options, NodeTuning::permitLoopback).open(asked)) {
            case ModeResult.Missing(String reason) -> {
                print(reason + "\n");
                yield ProxyMain.EXIT_UNAVAILABLE;
            }
            case ModeResult.Opened(ServingMode mode) -> {
                try (Dataplane dataplane = mode.dataplane()) {
                    SyncEngine.Step step = step(dataplane, mode.rules(), AddressWatch.read());
                    yield step.result().dirty() ? 1 : 0;
                }
            }
        };
    }

    /** Prints plan and rules without touching the kernel. */
    int dryRun() {
        if (asked == ProxyMode.IPTABLES) {
            FakeIptablesKernel kernel = new FakeIptablesKernel(InstantSource.system());
            List<Iptables> tools = List.of(kernel.open(false), kernel.open(true));
            step(
                    new IptablesDataplane(tools, options.dropsInvalid(), _ -> {}),
                    ModeRules.IPTABLES,
                    addressesIfAllowed());
            print("# iptables\n" + kernel.print(false) + "# ip6tables\n" + kernel.print(true));
            return 0;
        }
        FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
        if (asked == ProxyMode.IPVS) {
            FakeIpvsKernel ipvs = new FakeIpvsKernel();
            step(
                    new IpvsDataplane(
                            IpvsTables.serving(kernel.open(), true),
                            ipvs.open(),
                            new AddressesInMemory(OfflineRun::addressesIfAllowed),
                            options.ipvs()),
                    ModeRules.IPVS,
                    addressesIfAllowed());
            print(kernel, IpvsTables.TABLE);
            try (Ipvs all = ipvs.open()) {
                print("# ipvsadm --save --numeric\n" + IpvsPrinter.print(all));
            }
            return 0;
        }
        step(new NftablesDataplane(kernel.open(), true, _ -> {}), ModeRules.NFTABLES, addressesIfAllowed());
        print(kernel, NftablesDataplane.TABLE);
        return 0;
    }

    private void print(FakeNftKernel kernel, String table) {
        for (NftFamily family : NftFamily.values()) {
            print(NftPrinter.print(kernel, new NftTable(family, table), ELEMENTS_SHOWN));
        }
    }

    /** Listing addresses needs no privilege, but a sandbox may forbid netlink. */
    private static Set<IpAddress> addressesIfAllowed() {
        try {
            return AddressWatch.read();
        } catch (KernelException e) {
            return Set.of();
        }
    }

    private SyncEngine.Step step(Dataplane dataplane, ModeRules rules, Set<IpAddress> addresses) {
        SyncEngine engine = new SyncEngine(dataplane, new NodeResolver(policy.servedBy(rules)));
        CompletableFuture<ClusterSnapshot> first = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore()) {
            store.subscribe((_, snapshot) -> first.complete(snapshot));
            startSource.accept(store);
            store.start();
            ClusterSnapshot snapshot = first.join();
            SyncEngine.Step step = engine.apply(ClusterDelta.fromEmpty(snapshot), snapshot, addresses);
            AgentViews.services(engine, "").writeText(out);
            print("\n");
            AgentViews.setAside(engine)
                    .forEach(row ->
                            print("set aside " + row.object() + " (" + row.where() + "): " + row.reason() + "\n"));
            report(
                    step.result(),
                    step.change().services().stream().map(ServiceChange::after).count());
            return step;
        }
    }

    private void report(SyncResult result, long services) {
        print(services + " Services planned, " + result.elements() + " elements changed in " + result.transactions()
                + " transactions\n");
        result.failures().forEach(failure -> print("refused by the kernel: " + failure.reason() + "\n"));
    }

    private void print(String text) {
        try {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
