package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of the fake with its elements.
 *
 * <p>Guarded by its {@link FakeNftKernel}.
 */
final class FakeNftSet {

    /** What the kernel sets when a rule writes to a set without size (nft_dynset_init). */
    private static final int RECORDS_DEFAULT = 0xffff;

    private NftSet declaration;
    private final Map<NftData, FakeNftElement> elements = new HashMap<>();
    private final Map<String, Integer> targets = new HashMap<>();
    private int uses;

    FakeNftSet(NftSet declaration) {
        this.declaration = declaration;
    }

    NftSet declaration() {
        return declaration;
    }

    /** Changes the size; the kernel compares everything else. */
    void resize(NftSet resized) {
        declaration = resized;
    }

    boolean isDataMap() {
        return !declaration.data().isEmpty();
    }

    /** All elements, expired ones too. */
    Map<NftData, FakeNftElement> elements() {
        return elements;
    }

    /** Chains that elements lead to, with the number of these elements. */
    Map<String, Integer> targets() {
        return targets;
    }

    /** The element of a key unless it has expired. */
    @Nullable
    FakeNftElement find(NftData key, long nowMillis) {
        FakeNftElement element = elements.get(key);
        return element == null || element.isExpired(nowMillis) ? null : element;
    }

    /** Whether {@code extra} elements beyond the present ones would be one too many. Forgets expired ones. */
    boolean isFull(int extra, long nowMillis) {
        int limit = declaration.dynamic() && declaration.size() == 0 ? RECORDS_DEFAULT : declaration.size();
        if (limit == 0 || elements.size() + extra < limit) {
            return false;
        }
        elements.values().removeIf(element -> element.isExpired(nowMillis));
        return elements.size() + extra >= limit;
    }

    /** Whether a rule looks up or writes here. */
    boolean isUsed() {
        return uses > 0;
    }

    void addUses(int count) {
        uses += count;
    }
}
