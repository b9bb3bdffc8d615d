package io.fairlead.agent.command;

import io.fairlead.agent.config.FlagMerge;
import io.fairlead.agent.config.IpvsFlags;
import io.fairlead.agent.config.PolicyFlags;
import io.fairlead.agent.config.ProxyMode;
import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.agent.ipvsreport.IpvsReport;
import io.fairlead.agent.ipvsreport.IpvsSettings;
import io.fairlead.agent.ipvsreport.NodeReader;
import io.fairlead.agent.ipvsreport.ObservedNode;
import io.fairlead.agent.plan.AgentPolicy;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.ClusterStore;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.input.ClusterInput;
import io.fairlead.cluster.source.ManifestDump;
import io.fairlead.cluster.source.SourceScope;
import io.fairlead.kernel.KernelException;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import io.fairlead.runtime.options.Verb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code fairlead ipvs-report}: what mode nftables would change on a node with kube-proxy in mode ipvs. It asks no agent.
 *
 * <p>Confined to the main thread.
 */
public final class IpvsReportCommand {

    private static final Duration SYNC_MAX = Duration.ofSeconds(30);

    private static final Option<Path> MANIFESTS = Option.of(
            "--manifests",
            "DIR_OR_FILE",
            ValueFormats.path(),
            "take the cluster from manifests, for example a dump of it, instead of the API server");

    private final Console console;

    private IpvsReportCommand(Console console) {
        this.console = console;
    }

    public static Verb verb(Console console) {
        Command command = Command.of(
                        "ipvs-report", "what mode nftables would change on a node with kube-proxy in mode ipvs")
                .with(MANIFESTS, RoutingFlags.KUBECONFIG, RoutingFlags.CONFIG, AskCommands.OUTPUT)
                .with(IpvsFlags.ALL.toArray(Option<?>[]::new))
                .resolve(FlagMerge::resolve)
                .example(
                        "fairlead ipvs-report --config /var/lib/kube-proxy/config.conf",
                        "fairlead ipvs-report --manifests dump.yaml --node-name node-1 --ipvs-scheduler lc");
        return new Verb(PolicyFlags.in(command), new IpvsReportCommand(console)::run);
    }

    private int run(Arguments arguments) {
        try {
            AgentPolicy policy = PolicyFlags.policy(arguments);
            ObservedNode observed = NodeReader.read();
            warnOfMode(arguments);
            ClusterSnapshot snapshot = cluster(arguments, policy);
            new DumpCommands(console).warn(new ClusterDump(snapshot, policy));
            IpvsReport report = IpvsReport.of(snapshot, policy, settings(arguments), observed);
            arguments.value(AskCommands.OUTPUT).write(report, console.out());
            return report.changed() == 0 ? 0 : 1;
        } catch (IllegalArgumentException e) {
            return console.complain(String.valueOf(e.getMessage()), Invocation.Invalid.EXIT_CODE);
        } catch (KernelException | Unreachable e) {
            return console.complain(String.valueOf(e.getMessage()), Console.EXIT_UNAVAILABLE);
        }
    }

    private void warnOfMode(Arguments arguments) {
        Optional<ProxyMode> mode = arguments.find(RoutingFlags.MODE);
        if (arguments.isGiven(RoutingFlags.CONFIG) && !mode.equals(Optional.of(ProxyMode.IPVS))) {
            console.err().println("warning: --config does not ask for mode ipvs; the report is as if it did");
        }
    }

    private static IpvsSettings settings(Arguments arguments) {
        return new IpvsSettings(
                arguments.value(IpvsFlags.SCHEDULER).name(),
                arguments.value(IpvsFlags.STRICT_ARP),
                arguments.value(IpvsFlags.EXCLUDE_CIDRS),
                IpvsFlags.timeouts(arguments));
    }

    /** The API server did not give the cluster in time. Immutable. */
    private static final class Unreachable extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static ClusterSnapshot cluster(Arguments arguments, AgentPolicy policy) {
        Optional<Path> manifests = arguments.find(MANIFESTS);
        return manifests.isPresent() ? ManifestDump.read(manifests.get()) : ofApi(arguments, policy);
    }

    private static ClusterSnapshot ofApi(Arguments arguments, AgentPolicy policy) {
        CompletableFuture<ClusterSnapshot> first = new CompletableFuture<>();
        try (ClusterStore store = new ClusterStore();
                ClusterInput input = ClusterInput.of(Optional.empty(), Optional.empty(), () -> access(arguments))) {
            store.subscribe((_, snapshot) -> first.complete(snapshot));
            input.start(store, SourceScope.ofNode(policy.nodeName()));
            store.start();
            return first.get(SYNC_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Unreachable(
                    "the API server did not give Services, EndpointSlices and this Node within " + SYNC_MAX.toSeconds()
                            + " s; --manifests takes a dump instead",
                    e);
        } catch (ExecutionException e) {
            throw new Unreachable("the cluster cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted", e);
        }
    }

    private static KubernetesAccess access(Arguments arguments) {
        return arguments
                .find(RoutingFlags.KUBECONFIG)
                .map(KubernetesAccess::kubeconfig)
                .orElseGet(KubernetesAccess::ambient);
    }
}
