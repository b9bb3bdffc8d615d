package io.fairlead.lab.hollow;

import io.fairlead.lab.hollow.HollowChange.Verb;
import io.fairlead.lab.hollow.HollowService.Special;
import io.fairlead.lab.hollow.HollowSlice.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The objects of a hollow cluster, and what happens to them: the same for the same shape and seed, whoever asks.
 *
 * <p>Confined to one thread at a time.
 */
public final class HollowCluster {

    private static final List<String> WORDS = List.of(
            "cart",
            "checkout",
            "catalog",
            "payments",
            "shipping",
            "search",
            "profile",
            "mail",
            "orders",
            "stock",
            "prices",
            "images",
            "login",
            "audit",
            "reports",
            "quotes");

    private static final int SERVICES_PER_NAMESPACE = 200;

    private final HollowShape shape;
    private final HollowAddresses addresses;
    private final Random random;
    private final List<Held> services;
    private final List<HollowStory> stories = new ArrayList<>();
    private final BitSet pods = new BitSet();
    private int lastPod = -1;
    private int nodePorts;

    /**
     * A Service of this moment.
     *
     * <p>Confined to the cluster's thread.
     */
    private static final class Held {
        final HollowService service;
        /** Packed; the position is the ordinal of the slice. */
        final List<int[]> slices = new ArrayList<>();

        boolean present = true;
        boolean busy;
        Instant triggeredAt = Instant.EPOCH;

        Held(HollowService service) {
            this.service = service;
        }
    }

    public HollowCluster(HollowShape shape) {
        this.shape = shape;
        this.addresses = new HollowAddresses(shape);
        this.random = new Random(shape.seed());
        this.services = new ArrayList<>(shape.services());
        for (int i = 0; i < shape.services(); i++) {
            Held held = new Held(service(i));
            held.slices.add(new int[0]);
            for (int j = 0; j < shape.endpointsOf(i); j++) {
                add(held, HollowSlice.pack(takePod(), Phase.READY));
            }
            services.add(held);
        }
    }

    public HollowShape shape() {
        return shape;
    }

    private HollowService service(int number) {
        String namespace = "team-" + (number / SERVICES_PER_NAMESPACE + 1);
        String name = WORDS.get(number % WORDS.size()) + "-" + (number + 1);
        Special special = special(number % 100);
        int nodePort =
                special == Special.NODE_PORT || special == Special.LOCAL ? HollowAddresses.nodePort(nodePorts++) : 0;
        // A cluster has only so many; the rest are ordinary.
        Special possible = nodePort == 0 && special != Special.LOAD_BALANCER && special != Special.AFFINITY
                ? Special.NOTHING
                : special;
        return new HollowService(
                number, new HollowService.Name(namespace, name), possible, nodePort, shape.dualStack());
    }

    private Special special(int percentile) {
        int which = shape.specialPercent() == 0 ? Integer.MAX_VALUE : percentile / shape.specialPercent();
        return switch (which) {
            case 0 -> Special.NODE_PORT;
            case 1 -> Special.LOAD_BALANCER;
            case 2 -> Special.AFFINITY;
            case 3 -> Special.LOCAL;
            default -> Special.NOTHING;
        };
    }

    /** All objects of this moment: what others need first comes first. */
    public void forEach(Consumer<HollowObject> consumer) {
        for (int i = 0; i < shape.services(); i += SERVICES_PER_NAMESPACE) {
            consumer.accept(new HollowNamespace("team-" + (i / SERVICES_PER_NAMESPACE + 1)));
        }
        consumer.accept(new HollowRange(shape.dualStack()));
        for (int i = 0; i < shape.nodes(); i++) {
            consumer.accept(new HollowNode(i, addresses.podRange(i), shape.dualStack()));
        }
        for (Held held : services) {
            if (held.present) {
                consumer.accept(held.service);
                slices(held).forEach(consumer);
            }
        }
    }

    /** How many endpoints all Services have, ready or not. */
    public int endpoints() {
        return pods.cardinality();
    }

    private List<HollowSlice> slices(Held held) {
        List<HollowSlice> slices = new ArrayList<>();
        for (int ordinal = 0; ordinal < held.slices.size(); ordinal++) {
            addSlices(held, ordinal, slices);
        }
        return slices;
    }

    /** One slice, or one of each family. */
    private void addSlices(Held held, int ordinal, List<HollowSlice> to) {
        HollowService.Name owner = held.service.id();
        int[] endpoints = held.slices.get(ordinal);
        to.add(new HollowSlice(addresses, owner, ordinal, false, endpoints, held.triggeredAt));
        if (shape.dualStack()) {
            to.add(new HollowSlice(addresses, owner, ordinal, true, endpoints, held.triggeredAt));
        }
    }

    /**
     * One thing that happened.
     *
     * <p>Immutable.
     *
     * @param changes of objects, at least one
     * @param ready IPv4 addresses of Pods that are ready for the first time
     * @param leaving IPv4 addresses of Pods that are to get no more traffic for good
     */
    public record Happening(List<HollowChange> changes, List<String> ready, List<String> leaving) {
        public Happening {
            changes = List.copyOf(changes);
            ready = List.copyOf(ready);
            leaving = List.copyOf(leaving);
        }
    }

    /**
     * The next thing that happens: mostly an endpoint that comes, goes or changes, sometimes a whole Service.
     *
     * @param now goes into the objects, as the time of what led to the change
     */
    public Happening next(Instant now) {
        HollowStory story = choose();
        HollowStory.Step step = story.next();
        Held held = services.get(story.service());
        held.triggeredAt = now;
        List<HollowChange> changes = new ArrayList<>();
        List<String> ready = new ArrayList<>();
        List<String> leaving = new ArrayList<>();
        int slices = held.slices.size();
        switch (step) {
            case HollowStory.Endpoint(int pod, Phase phase) -> {
                if (phase == Phase.READY && phase(held, pod) == Phase.STARTING) {
                    ready.add(addresses.pod(pod, false));
                } else if (phase == Phase.TERMINATING) {
                    leaving.add(addresses.pod(pod, false));
                }
                changed(held, put(held, pod, phase), slices, changes);
            }
            case HollowStory.Gone(int pod) -> changed(held, remove(held, pod), slices, changes);
            case HollowStory.Deleted() -> whole(held, Verb.DELETED, changes);
            case HollowStory.Created() -> whole(held, Verb.ADDED, changes);
        }
        if (story.isOver()) {
            stories.remove(story);
            held.busy = false;
        }
        return new Happening(changes, ready, leaving);
    }

    private static Phase phase(Held held, int pod) {
        for (int[] slice : held.slices) {
            int place = place(slice, pod);
            if (place >= 0) {
                return HollowSlice.phase(slice[place]);
            }
        }
        return Phase.STARTING;
    }

    /**
     * One ready endpoint takes the place of another, at once and out of turn.
     *
     * <p>Immutable.
     *
     * @param address IPv4, which no endpoint had lately
     */
    public record Replaced(String address, List<HollowChange> changes) {
        public Replaced {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Replaces an endpoint of a Service, for whoever measures how long one change takes.
     *
     * @throws IllegalStateException if the Service has no endpoint, or is in the middle of something
     */
    public Replaced replaceOne(int service, Instant now) {
        Held held = services.get(service);
        if (held.busy || held.slices.getFirst().length == 0) {
            throw new IllegalStateException(held.service.name() + " has no endpoint to replace, or is busy");
        }
        held.triggeredAt = now;
        int[] changed = held.slices.getFirst().clone();
        int pod = takePod();
        pods.clear(HollowSlice.pod(changed[0]));
        changed[0] = HollowSlice.pack(pod, Phase.READY);
        held.slices.set(0, changed);
        List<HollowChange> changes = new ArrayList<>();
        changed(held, 0, held.slices.size(), changes);
        return new Replaced(addresses.pod(pod, false), changes);
    }

    /** Some stories go on at once: the more do, the likelier is it that one of them continues. */
    private HollowStory choose() {
        int which = random.nextInt(HollowStory.AT_ONCE);
        int service = random.nextInt(services.size());
        if (which < stories.size()) {
            return stories.get(which);
        }
        Held held = services.get(service);
        if (held.busy) {
            return stories.get(which % stories.size());
        }
        HollowStory begun = HollowStory.begin(service, pods(held), random, this::takePod);
        held.busy = true;
        stories.add(begun);
        return begun;
    }

    private static List<Integer> pods(Held held) {
        List<Integer> pods = new ArrayList<>();
        for (int[] slice : held.slices) {
            for (int endpoint : slice) {
                pods.add(HollowSlice.pod(endpoint));
            }
        }
        return pods;
    }

    /** Addresses are given in turn, so that one comes back as late as possible. */
    private int takePod() {
        int pod = pods.nextClearBit((lastPod + 1) % addresses.podsMax());
        if (pod >= addresses.podsMax()) {
            pod = pods.nextClearBit(0);
        }
        pods.set(pod);
        lastPod = pod;
        return pod;
    }

    /** The ordinal of the slice that changed. */
    private static int put(Held held, int pod, Phase phase) {
        for (int ordinal = 0; ordinal < held.slices.size(); ordinal++) {
            int[] slice = held.slices.get(ordinal);
            int place = place(slice, pod);
            if (place >= 0) {
                int[] changed = slice.clone();
                changed[place] = HollowSlice.pack(pod, phase);
                held.slices.set(ordinal, changed);
                return ordinal;
            }
        }
        return add(held, HollowSlice.pack(pod, phase));
    }

    private static int add(Held held, int packed) {
        int ordinal = 0;
        while (ordinal < held.slices.size() && held.slices.get(ordinal).length == HollowSlice.ENDPOINTS_MAX) {
            ordinal++;
        }
        if (ordinal == held.slices.size()) {
            held.slices.add(new int[0]);
        }
        int[] slice = held.slices.get(ordinal);
        int[] longer = new int[slice.length + 1];
        System.arraycopy(slice, 0, longer, 0, slice.length);
        longer[slice.length] = packed;
        held.slices.set(ordinal, longer);
        return ordinal;
    }

    private int remove(Held held, int pod) {
        pods.clear(pod);
        for (int ordinal = 0; ordinal < held.slices.size(); ordinal++) {
            int[] slice = held.slices.get(ordinal);
            int place = place(slice, pod);
            if (place >= 0) {
                int[] shorter = new int[slice.length - 1];
                System.arraycopy(slice, 0, shorter, 0, place);
                System.arraycopy(slice, place + 1, shorter, place, shorter.length - place);
                held.slices.set(ordinal, shorter);
                return ordinal;
            }
        }
        throw new IllegalStateException("pod " + pod + " is in no slice of " + held.service.name());
    }

    private static int place(int[] slice, int pod) {
        for (int i = 0; i < slice.length; i++) {
            if (HollowSlice.pod(slice[i]) == pod) {
                return i;
            }
        }
        return -1;
    }

    /** @param before how many slices there were */
    private void changed(Held held, int ordinal, int before, List<HollowChange> changes) {
        Verb verb = ordinal < before ? Verb.MODIFIED : Verb.ADDED;
        List<HollowSlice> slices = new ArrayList<>();
        addSlices(held, ordinal, slices);
        slices.forEach(slice -> changes.add(new HollowChange(verb, slice)));
    }

    private void whole(Held held, Verb verb, List<HollowChange> changes) {
        held.present = verb == Verb.ADDED;
        changes.add(new HollowChange(verb, held.service));
        slices(held).forEach(slice -> changes.add(new HollowChange(verb, slice)));
    }
}
