package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.Scope;
import io.fairlead.kernel.nft.NftSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * All sets of one family whose elements follow from the plan.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Elements {

    private static final String SOURCES = "sources-";

    private final Layout layout;

    final TrackedSet services;
    final TrackedSet shortCircuits;
    final TrackedSet localRoutes;
    final TrackedSet endpoints;
    final TrackedSet localEndpoints;
    final TrackedSet slots;
    final TrackedSet localSlots;
    final TrackedSet restricted;
    final TrackedSet nodeAddresses;
    final TrackedSet clusterIps;
    final TrackedSet hairpins;

    /** Allowed sources by prefix length. */
    private final TreeMap<Integer, TrackedSet> sources = new TreeMap<>();

    Elements(Layout layout) {
        this.layout = layout;
        this.services = TrackedSet.ofRoutes(layout.services);
        this.shortCircuits = TrackedSet.ofRoutes(layout.shortCircuits);
        this.localRoutes = TrackedSet.ofRoutes(layout.localRoutes);
        this.endpoints = TrackedSet.of(layout.endpoints);
        this.localEndpoints = TrackedSet.of(layout.localEndpoints);
        this.slots = TrackedSet.of(layout.slots);
        this.localSlots = TrackedSet.of(layout.localSlots);
        this.restricted = TrackedSet.of(layout.restricted);
        this.nodeAddresses = TrackedSet.of(layout.nodeAddresses);
        this.clusterIps = TrackedSet.of(layout.clusterIps);
        this.hairpins = TrackedSet.of(layout.hairpins);
    }

    /** The map of backends of a scope. */
    TrackedSet backends(Scope scope) {
        return scope == Scope.CLUSTER ? endpoints : localEndpoints;
    }

    /** The map of slots of a scope. */
    TrackedSet slots(Scope scope) {
        return scope == Scope.CLUSTER ? slots : localSlots;
    }

    /** Allowed sources of one prefix length; the set is created with its first use. */
    TrackedSet sources(int prefixLength) {
        return sources.computeIfAbsent(prefixLength, length -> TrackedSet.of(layout.sources(length)));
    }

    /** Prefix lengths of which there are desired sources. */
    Set<Integer> sourceLengths() {
        TreeMap<Integer, TrackedSet> used = new TreeMap<>(sources);
        used.values().removeIf(set -> set.tracker().desiredCount() == 0);
        return used.keySet();
    }

    /** Forgets source sets that hold nothing and are wanted for nothing; the kernel has removed them. */
    void dropUnusedSources() {
        sources.keySet().retainAll(sourceLengths());
    }

    /** What is tracked of a set that was found in the kernel. */
    Optional<TrackedSet> tracked(NftSet found) {
        if (found.name().startsWith(SOURCES)) {
            return sourceLength(found.name()).map(this::sources);
        }
        return all().stream()
                .filter(set -> set.set().name().equals(found.name()))
                .findFirst();
    }

    private Optional<Integer> sourceLength(String name) {
        for (int length = 0; length <= layout.family.addressBits(); length++) {
            if (name.equals(SOURCES + length)) {
                return Optional.of(length);
            }
        }
        return Optional.empty();
    }

    List<TrackedSet> all() {
        List<TrackedSet> all = new ArrayList<>(needed());
        all.addAll(List.of(restricted, services, shortCircuits, localRoutes));
        return all;
    }

    /** Sets that frontends need: their elements come first and leave last. */
    List<TrackedSet> needed() {
        List<TrackedSet> needed = new ArrayList<>(
                List.of(endpoints, localEndpoints, slots, localSlots, hairpins, nodeAddresses, clusterIps));
        needed.addAll(sources.values());
        return needed;
    }
}
