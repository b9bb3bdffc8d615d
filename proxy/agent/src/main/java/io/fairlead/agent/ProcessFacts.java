package io.fairlead.agent;

import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.agent.metrics.ProxyCounters;
import io.fairlead.agent.view.ProcessStatus;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.Sysctl;
import io.fairlead.kernel.conntrack.Conntrack;
import io.fairlead.runtime.metrics.Metrics;
import io.fairlead.runtime.metrics.ProcessMetric;
import java.time.Duration;
import java.time.Instant;

/**
 * Reads how this process and its kernel are.
 *
 * <p>Thread-safe.
 */
final class ProcessFacts {

    private ProcessFacts() {}

    static ProcessStatus read(Instant now) {
        Instant start = ProcessHandle.current().info().startInstant().orElse(now);
        Conntrack.Usage usage = conntrack();
        return new ProcessStatus(
                Duration.between(start, now),
                (long) ProcessMetric.RESIDENT_MEMORY.read(),
                (long) ProcessMetric.HEAP_USED.read(),
                (long) ProcessMetric.HEAP_MAX.read(),
                usage.entries(),
                usage.entriesMax(),
                version(),
                NftablesDataplane.LAYOUT_VERSION,
                kernel(),
                Runtime.version().toString());
    }

    /** Of this program. */
    static String version() {
        String version = ProcessFacts.class.getPackage().getImplementationVersion();
        return version == null ? "built from source" : version;
    }

    private static String kernel() {
        return new Sysctl("kernel/osrelease").read() instanceof Sysctl.Value value
                ? value.text()
                : "of unknown release";
    }

    /** How full the conntrack table is, asked when somebody reads the page. */
    static void observeConntrack(Metrics metrics) {
        metrics.observe(ProxyCounters.CONNTRACK_ENTRIES, () -> {
            long entries = conntrack().entries();
            return entries < 0 ? Double.NaN : entries;
        });
        metrics.observe(ProxyCounters.CONNTRACK_ENTRIES_MAX, () -> conntrack().entriesMax());
    }

    private static Conntrack.Usage conntrack() {
        try (Conntrack conntrack = Conntrack.open()) {
            return conntrack.usage();
        } catch (KernelException e) {
            return new Conntrack.Usage(-1, 0);
        }
    }
}
