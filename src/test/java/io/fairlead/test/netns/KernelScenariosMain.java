package io.fairlead.test.netns;

import java.util.ArrayList;
import java.util.List;

/**
 * Plays scenarios on the kernel on which it runs, each on a line of its own with the time it took, and fails after the
 * last if one failed.
 *
 * <p>Confined to the main thread.
 */
public final class KernelScenariosMain {

    /** In place of a share: those with SCTP. */
    public static final String SCTP = "sctp";

    private KernelScenariosMain() {}

    /** @param words the plane, and which scenarios: {@link #SCTP} or a share, for example {@code 1/4} */
    public static void main(String[] words) {
        KernelPlane plane = KernelPlane.named(words[0]);
        List<KernelCase> cases = share(KernelCase.of(List.of(plane)), words[1]);
        List<AssertionError> failures = new ArrayList<>();
        long start = System.nanoTime();
        try (Topology topology = new Topology()) {
            print("topology", start);
            for (KernelCase play : cases) {
                long before = System.nanoTime();
                try {
                    play.play(topology);
                } catch (AssertionError e) {
                    failures.add(e);
                }
                print(play.toString(), before);
            }
        }
        print(cases.size() + " scenarios, " + failures.size() + " failed", start);
        if (cases.isEmpty() || !failures.isEmpty()) {
            AssertionError failure = new AssertionError(failures.size() + " of " + cases.size() + " failed");
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private static List<KernelCase> share(List<KernelCase> cases, String which) {
        if (which.equals(SCTP)) {
            if (!Facility.SCTP.isThere()) {
                throw new AssertionError("this kernel has no SCTP");
            }
            return cases.stream().filter(KernelCase::hasSctp).toList();
        }
        int slash = which.indexOf('/');
        int part = Integer.parseInt(which.substring(0, slash));
        int parts = Integer.parseInt(which.substring(slash + 1));
        List<KernelCase> share = new ArrayList<>();
        // Neighbours are alike, and some take longer than others.
        for (int i = part - 1; i < cases.size(); i += parts) {
            share.add(cases.get(i));
        }
        return share;
    }

    private static void print(String what, long since) {
        System.out.println((System.nanoTime() - since) / 1_000_000 + " ms  " + what);
    }
}
