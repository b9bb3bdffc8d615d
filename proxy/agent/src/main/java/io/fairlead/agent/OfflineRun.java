package io.fairlead.agent;

import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.dataplane.Dataplane;
import io.fairlead.agent.dataplane.SyncResult;
import io.fairlead.agent.dataplane.iptables.IptablesDataplane;
import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
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
    private final boolean dropsInvalid;
    private final Consumer<ClusterStore> startSource;
    private final Appendable out;

    /**
     * @param asked the mode that is asked for
     * @param dropsInvalid see {@link Modes}
     * @param startSource registers and starts the source of the cluster
     */
    OfflineRun(
            AgentPolicy policy,
            ProxyMode asked,
            boolean dropsInvalid,
            Consumer<ClusterStore> startSource,
            Appendable out) {
        this.policy = policy;
        this.asked = asked;
        this.dropsInvalid = dropsInvalid;
        this.startSource = startSource;
        this.out = out;
    }

    /** Syncs once with the kernel; the exit code says whether all of it is there. */
    int once() {
        return switch (new Modes(dropsInvalid, NodeTuning::permitLoopback).open(asked)) {
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
            step(new IptablesDataplane(tools, dropsInvalid, _ -> {}), ModeRules.IPTABLES, addressesIfAllowed());
            print("# iptables\n" + kernel.print(false) + "# ip6tables\n" + kernel.print(true));
            return 0;
        }
        FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
        step(new NftablesDataplane(kernel.open(), true, _ -> {}), ModeRules.NFTABLES, addressesIfAllowed());
        for (NftFamily family : NftFamily.values()) {
            print(NftPrinter.print(kernel, new NftTable(family, NftablesDataplane.TABLE), ELEMENTS_SHOWN));
        }
        return 0;
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
