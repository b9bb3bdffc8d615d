package io.fairlead.agent.command;

import io.fairlead.agent.config.RoutingFlags;
import io.fairlead.cluster.api.ApiConnection;
import io.fairlead.cluster.api.ApiFailure;
import io.fairlead.cluster.api.KubernetesAccess;
import io.fairlead.cluster.model.ObjectName;
import io.fairlead.cluster.write.DaemonSets;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.Command;
import io.fairlead.runtime.options.Console;
import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormats;
import io.fairlead.runtime.options.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code fairlead replace-kube-proxy} and {@code fairlead restore-kube-proxy}: keep kube-proxy's DaemonSet from all nodes
 * once the agents route there, and let it back. Both wait until it is so, and do nothing where nothing is to be done.
 *
 * <p>Confined to the main thread.
 */
public final class KubeProxyCommands {

    /** In the node selector of kube-proxy's DaemonSet; no node has it. */
    static final String LABEL = "fairlead.io/replaced-by";

    static final String VALUE = "fairlead";

    private static final Pattern NAME = Pattern.compile("([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})");
    private static final Duration PAUSE = Duration.ofMillis(500);

    private static final Option<ObjectName> KUBE_PROXY =
            daemonSet("--daemonset", "kube-proxy's DaemonSet").orElse("kube-system/kube-proxy");
    private static final Option<ObjectName> AGENTS =
            daemonSet("--agents", "the agents' DaemonSet").orElse("kube-system/fairlead-proxy");
    private static final Option<Duration> TIMEOUT = Option.of(
                    "--timeout",
                    "TIME",
                    ValueFormats.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    "how long to wait for all nodes")
            .orElse("5m");

    private final Console console;

    private KubeProxyCommands(Console console) {
        this.console = console;
    }

    private static Option<ObjectName> daemonSet(String option, String description) {
        return Option.of(
                option,
                "NAMESPACE/NAME",
                ValueFormats.of("a namespace and a name, such as kube-system/kube-proxy", text -> {
                    Matcher matcher = NAME.matcher(text);
                    if (!matcher.matches()) {
                        throw new IllegalArgumentException();
                    }
                    return new ObjectName(matcher.group(1), matcher.group(2));
                }),
                description);
    }

    public static List<Verb> verbs(Console console) {
        KubeProxyCommands commands = new KubeProxyCommands(console);
        return List.of(
                new Verb(
                        Command.of(
                                        "replace-kube-proxy",
                                        "once the agents are ready on all of its nodes, keep kube-proxy from them")
                                .with(KUBE_PROXY, AGENTS, TIMEOUT, RoutingFlags.KUBECONFIG),
                        arguments -> commands.run(arguments, commands::replace)),
                new Verb(
                        Command.of("restore-kube-proxy", "let kube-proxy back, and wait until it runs on all nodes")
                                .with(KUBE_PROXY, TIMEOUT, RoutingFlags.KUBECONFIG),
                        arguments -> commands.run(arguments, commands::restore)));
    }

    private interface Task {
        int run(Arguments arguments, Wait wait) throws InterruptedException;
    }

    private int run(Arguments arguments, Task task) {
        try (ApiConnection api = new ApiConnection(arguments
                .find(RoutingFlags.KUBECONFIG)
                .map(KubernetesAccess::kubeconfig)
                .orElseGet(KubernetesAccess::ambient))) {
            return task.run(arguments, new Wait(new DaemonSets(api), arguments.value(TIMEOUT)));
        } catch (IllegalArgumentException e) {
            return console.complain(String.valueOf(e.getMessage()), Console.EXIT_UNAVAILABLE);
        } catch (ApiFailure e) {
            return console.complain(String.valueOf(e.getMessage()), 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private int replace(Arguments arguments, Wait wait) throws InterruptedException {
        ObjectName kubeProxy = arguments.value(KUBE_PROXY);
        ObjectName agents = arguments.value(AGENTS);
        if (wait.sets.progress(kubeProxy).isEmpty()) {
            console.out().println("there is no DaemonSet " + kubeProxy + ": nothing to replace");
            return 0;
        }
        Optional<DaemonSets.Progress> ready = wait.until(agents, DaemonSets.Progress::isComplete);
        if (ready.isEmpty()) {
            return console.complain("the agents are not ready on all nodes; " + kubeProxy + " goes on", 1);
        }
        int theirs =
                wait.sets.progress(kubeProxy).map(DaemonSets.Progress::desired).orElse(0);
        if (ready.get().desired() < theirs) {
            return console.complain(
                    kubeProxy + " is for " + theirs + " nodes and " + agents + " for "
                            + ready.get().desired() + ": the others would lose their Services; kube-proxy goes on",
                    1);
        }
        wait.sets.select(kubeProxy, LABEL, VALUE);
        if (wait.until(kubeProxy, progress -> progress.settled() && progress.desired() == 0)
                .isEmpty()) {
            return console.complain(kubeProxy + " still runs on some nodes", 1);
        }
        console.out().println(kubeProxy + " is replaced by " + agents);
        return 0;
    }

    private int restore(Arguments arguments, Wait wait) throws InterruptedException {
        ObjectName kubeProxy = arguments.value(KUBE_PROXY);
        if (wait.sets.selected(kubeProxy, LABEL).isEmpty()) {
            console.out().println(kubeProxy + " is not replaced by Fairlead: nothing to restore");
            return 0;
        }
        wait.sets.select(kubeProxy, LABEL, "");
        if (wait.until(kubeProxy, DaemonSets.Progress::isComplete).isEmpty()) {
            return console.complain(kubeProxy + " does not run on all nodes", 1);
        }
        console.out().println(kubeProxy + " is back");
        return 0;
    }

    private interface Condition {
        boolean holds(DaemonSets.Progress progress);
    }

    /**
     * Looks at a DaemonSet until it is as it should be, or time is up. An API server that does not answer is asked again.
     *
     * <p>Confined to the main thread.
     */
    private final class Wait {

        private final DaemonSets sets;
        private final long end;

        Wait(DaemonSets sets, Duration longest) {
            this.sets = sets;
            this.end = System.nanoTime() + longest.toNanos();
        }

        /** @return what it was then; nothing if time was up before */
        Optional<DaemonSets.Progress> until(ObjectName name, Condition condition) throws InterruptedException {
            String said = "";
            while (true) {
                String saying = name + ": ";
                try {
                    Optional<DaemonSets.Progress> progress = sets.progress(name);
                    if (progress.filter(condition::holds).isPresent()) {
                        return progress;
                    }
                    saying += progress.map(found -> "ready on " + found.ready() + " of " + found.desired() + " nodes")
                            .orElse("there is no such DaemonSet");
                } catch (ApiFailure e) {
                    if (!e.isServersFault()) {
                        throw e;
                    }
                    saying += e.getMessage();
                }
                if (!saying.equals(said)) {
                    console.out().println(saying);
                    console.out().flush();
                    said = saying;
                }
                if (System.nanoTime() > end) {
                    return Optional.empty();
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
