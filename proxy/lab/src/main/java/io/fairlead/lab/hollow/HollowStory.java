package io.fairlead.lab.hollow;

import io.fairlead.lab.hollow.HollowSlice.Phase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * What happens to one Service, step by step: at its end the Service has as many ready endpoints as before.
 *
 * <p>Confined to the cluster's thread.
 */
final class HollowStory {

    /** How many go on at once, at most. */
    static final int AT_ONCE = 32;

    private static final int ROLLOUT_PODS_MAX = 5;

    /** One thing that happens. */
    sealed interface Step {}

    /**
     * An endpoint comes, or changes.
     *
     * <p>Immutable.
     */
    record Endpoint(int pod, Phase phase) implements Step {}

    /**
     * An endpoint goes.
     *
     * <p>Immutable.
     */
    record Gone(int pod) implements Step {}

    /**
     * The Service goes with its slices.
     *
     * <p>Immutable.
     */
    record Deleted() implements Step {}

    /**
     * The Service comes back.
     *
     * <p>Immutable.
     */
    record Created() implements Step {}

    private final int service;
    private final Deque<Step> steps = new ArrayDeque<>();

    private HollowStory(int service) {
        this.service = service;
    }

    /**
     * @param pods of the Service
     * @param fresh takes the number of a Pod that is nobody's
     */
    static HollowStory begin(int service, List<Integer> pods, Random random, IntSupplier fresh) {
        HollowStory story = new HollowStory(service);
        int kind = random.nextInt(100);
        int chosen = pods.isEmpty() ? 0 : random.nextInt(pods.size());
        if (pods.isEmpty()) {
            story.comeAndGo(fresh.getAsInt());
        } else if (kind < 40) {
            story.restart(pods.get(chosen));
        } else if (kind < 55) {
            story.comeAndGo(fresh.getAsInt());
        } else if (kind < 70) {
            story.replace(pods.get(chosen), fresh.getAsInt());
        } else if (kind < 95) {
            for (int pod : pods.subList(0, Math.min(pods.size(), ROLLOUT_PODS_MAX))) {
                story.replace(pod, fresh.getAsInt());
            }
        } else {
            story.steps.add(new Deleted());
            story.steps.add(new Created());
        }
        return story;
    }

    private void restart(int pod) {
        steps.add(new Endpoint(pod, Phase.UNREADY));
        steps.add(new Endpoint(pod, Phase.READY));
    }

    private void comeAndGo(int pod) {
        steps.add(new Endpoint(pod, Phase.STARTING));
        steps.add(new Endpoint(pod, Phase.READY));
        go(pod);
    }

    /** As a Deployment does it: the new one is ready before the old one goes. */
    private void replace(int old, int fresh) {
        steps.add(new Endpoint(fresh, Phase.STARTING));
        steps.add(new Endpoint(fresh, Phase.READY));
        go(old);
    }

    private void go(int pod) {
        steps.add(new Endpoint(pod, Phase.TERMINATING));
        steps.add(new Gone(pod));
    }

    int service() {
        return service;
    }

    Step next() {
        return steps.remove();
    }

    boolean isOver() {
        return steps.isEmpty();
    }
}
