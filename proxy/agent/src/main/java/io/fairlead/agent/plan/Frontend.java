package io.fairlead.agent.plan;

import io.fairlead.cluster.model.IpPrefix;
import java.util.Comparator;
import java.util.List;

/**
 * A virtual address, port and protocol of a Service, and how it treats its clients.
 *
 * <p>Ordered by precedence: of several that claim one key the least wins. Immutable.
 *
 * @param sourceRanges who may reach it; empty means everybody. Others are dropped before anything else is decided
 */
public record Frontend(
        FrontendKey key, FrontendKind kind, ServicePortName port, Routing routing, List<IpPrefix> sourceRanges)
        implements Comparable<Frontend> {

    private static final Comparator<Frontend> PRECEDENCE =
            Comparator.comparing(Frontend::kind).thenComparing(Frontend::port);

    @Override
    public int compareTo(Frontend other) {
        return PRECEDENCE.compare(this, other);
    }
}
