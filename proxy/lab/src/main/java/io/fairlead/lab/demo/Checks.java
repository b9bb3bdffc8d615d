package io.fairlead.lab.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * What the story has to be true to: everything shown is also checked.
 *
 * <p>Confined to the main thread.
 */
final class Checks {

    /**
     * A sentence and whether it holds.
     *
     * <p>Immutable.
     */
    record Claim(boolean holds, String sentence) {}

    private final List<String> failed = new ArrayList<>();
    private int made;

    /** True if all hold; those that do not are remembered. */
    boolean expect(Claim... claims) {
        boolean all = true;
        for (Claim claim : claims) {
            made++;
            if (!claim.holds()) {
                failed.add(claim.sentence());
                all = false;
            }
        }
        return all;
    }

    int made() {
        return made;
    }

    /** The claims that did not hold. */
    List<String> failed() {
        return List.copyOf(failed);
    }
}
