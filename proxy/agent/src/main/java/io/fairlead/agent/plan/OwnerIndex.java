package io.fairlead.agent.plan;

import io.fairlead.cluster.model.ObjectName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns an address and port. Where several frontends claim one key the least in precedence order owns it, whatever
 * the order in which they came.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class OwnerIndex {

    private final Map<FrontendKey, Frontend> owners = new HashMap<>();
    /** Only keys with more than one claim: all claims, sorted. */
    private final Map<FrontendKey, List<Frontend>> contested = new HashMap<>();

    Optional<Frontend> owner(FrontendKey key) {
        return Optional.ofNullable(owners.get(key));
    }

    /** Keys with more than one claim, each with its claims, the owner first. */
    Map<FrontendKey, List<Frontend>> contested() {
        return Collections.unmodifiableMap(contested);
    }

    boolean owns(Frontend frontend) {
        return frontend.equals(owners.get(frontend.key()));
    }

    /** Adds a claim; Services that lose the key by it are added to {@code affected}. */
    void claim(Frontend frontend, Set<ObjectName> affected) {
        FrontendKey key = frontend.key();
        Frontend owner = owners.putIfAbsent(key, frontend);
        if (owner == null) {
            return;
        }
        List<Frontend> claims = contested.computeIfAbsent(key, _ -> new ArrayList<>(List.of(owner)));
        claims.add(frontend);
        Collections.sort(claims);
        settle(key, claims, owner, affected);
    }

    /** Takes a claim back; Services that gain the key by it are added to {@code affected}. */
    void release(Frontend frontend, Set<ObjectName> affected) {
        FrontendKey key = frontend.key();
        List<Frontend> claims = contested.get(key);
        if (claims == null) {
            owners.remove(key, frontend);
            return;
        }
        Frontend owner = owners.get(key);
        claims.remove(frontend);
        settle(key, claims, owner, affected);
        if (claims.size() == 1) {
            contested.remove(key);
        }
    }

    private void settle(FrontendKey key, List<Frontend> claims, @Nullable Frontend before, Set<ObjectName> affected) {
        Frontend winner = claims.getFirst();
        if (!winner.equals(before)) {
            owners.put(key, winner);
            affected.add(winner.port().service());
            if (before != null) {
                affected.add(before.port().service());
            }
        }
    }
}
