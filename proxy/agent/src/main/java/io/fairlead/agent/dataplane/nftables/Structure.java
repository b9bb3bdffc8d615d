package io.fairlead.agent.dataplane.nftables;

import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTransaction;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.NftVerdicts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The few objects of a table that are not elements of large maps: sets, chains with their rules, and routes. Desired
 * against observed as in {@link io.fairlead.kernel.DeltaTracker}, with objects for entries.
 *
 * <p>Additions are sent before anything refers to them, removals after nothing does. Confined to the proxy loop's
 * thread.
 */
final class Structure {

    /** A chain by the comments of its rules; the rules themselves are kept only until the kernel has them. */
    private record Chain(NftChain chain, List<String> comments) {}

    /**
     * An element of a verdict map.
     *
     * <p>Immutable.
     *
     * @param map {@link Layout#routes} or {@link Layout#picks}
     */
    record Route(NftSet map, int number) {

        /** Hot path: every frontend asks for its route. The number tells routes apart, hashing a set is long work. */
        @Override
        public int hashCode() {
            return number;
        }
    }

    private final Map<String, NftSet> sets = new HashMap<>();
    private final Map<String, NftSet> observedSets = new HashMap<>();
    private final Map<String, NftSet> setAdditions = new LinkedHashMap<>();

    private final Map<String, Chain> chains = new HashMap<>();
    private final Map<String, List<String>> observedChains = new HashMap<>();
    private final Map<String, List<NftRule>> chainAdditions = new LinkedHashMap<>();

    private final Map<Route, NftVerdict> routes = new HashMap<>();
    private final Map<Route, NftVerdict> observedRoutes = new HashMap<>();
    /** The same by verdict: a chain that comes back, or is found after a restart, goes on with its number. */
    private final Map<NftVerdict, Integer> observedNumbers = new HashMap<>();

    private final Map<Route, NftVerdict> routeAdditions = new LinkedHashMap<>();

    /** What is in the kernel and not wanted; found again by a scan, so it is only a hint that there is something. */
    private boolean removals;

    void observeSet(NftSet set) {
        observedSets.put(set.name(), set);
        removals = true;
    }

    void observeChain(String name, List<String> comments) {
        observedChains.put(name, comments);
        removals = true;
    }

    void observeRoute(Route route, NftVerdict verdict) {
        observedRoutes.put(route, verdict);
        observedNumbers.put(verdict, route.number);
        removals = true;
    }

    void wantSet(NftSet set) {
        sets.put(set.name(), set);
        if (!observedSets.containsKey(set.name())) {
            setAdditions.put(set.name(), set);
        }
    }

    void unwantSet(NftSet set) {
        sets.remove(set.name());
        setAdditions.remove(set.name());
        removals |= observedSets.containsKey(set.name());
    }

    void wantChain(NftChain chain, List<NftRule> rules) {
        List<String> comments = Rules.comments(rules);
        chains.put(chain.name(), new Chain(chain, comments));
        if (comments.equals(observedChains.get(chain.name()))) {
            chainAdditions.remove(chain.name());
        } else {
            chainAdditions.put(chain.name(), rules);
        }
    }

    void unwantChain(String name) {
        chains.remove(name);
        chainAdditions.remove(name);
        removals |= observedChains.containsKey(name);
    }

    /** Whether the kernel has a chain as it is wanted. */
    boolean chainStands(String name) {
        Chain wanted = chains.get(name);
        return wanted != null && wanted.comments.equals(observedChains.get(name));
    }

    void wantRoute(Route route, NftVerdict verdict) {
        routes.put(route, verdict);
        if (verdict.equals(observedRoutes.get(route))) {
            routeAdditions.remove(route);
        } else {
            routeAdditions.put(route, verdict);
        }
    }

    void unwantRoute(Route route) {
        routes.remove(route);
        routeAdditions.remove(route);
        removals |= observedRoutes.containsKey(route);
    }

    boolean routeObserved(Route route) {
        NftVerdict observed = observedRoutes.get(route);
        return observed != null && observed.equals(routes.get(route));
    }

    boolean setObserved(String name) {
        return observedSets.containsKey(name);
    }

    /** The number under which the kernel has a verdict. */
    Optional<Integer> observedRoute(NftVerdict verdict) {
        return Optional.ofNullable(observedNumbers.get(verdict));
    }

    /** Route numbers that the kernel has or that are wanted. */
    boolean routeTaken(Route route) {
        return observedRoutes.containsKey(route) || routes.containsKey(route);
    }

    /** Sets, then chains, then their rules (which refer to both), then routes (which refer to chains). */
    void writeAdditions(NftTransaction transaction) {
        additions().forEach(piece -> piece.write(transaction));
    }

    void additionsApplied() {
        additions().forEach(Piece::applied);
    }

    boolean hasRemovals() {
        return removals;
    }

    /** Routes first, since they refer to chains; all rules before chains and sets, since rules refer to both. */
    void writeRemovals(NftTransaction transaction, Keys keys) {
        for (Route route : unwanted(observedRoutes, routes)) {
            transaction.deleteElement(route.map, keys.number(route.number));
        }
        List<String> doomed = unwanted(observedChains, chains);
        doomed.forEach(chain -> transaction.replaceRules(chain, List.of()));
        doomed.forEach(transaction::deleteChain);
        unwanted(observedSets, sets).forEach(transaction::deleteSet);
    }

    /** @param verdicts gets the numbers of removed routes back */
    void removalsApplied(NftVerdicts verdicts) {
        unwanted(observedRoutes, routes).forEach(route -> forget(route, verdicts));
        observedChains.keySet().retainAll(chains.keySet());
        observedSets.keySet().retainAll(sets.keySet());
        removals = false;
    }

    private void forget(Route route, NftVerdicts verdicts) {
        NftVerdict verdict = observedRoutes.remove(route);
        if (verdict != null) {
            observedNumbers.remove(verdict, route.number);
            if (!routes.containsValue(verdict)) {
                verdicts.release(verdict);
            }
        }
    }

    private static <K> List<K> unwanted(Map<K, ?> observed, Map<K, ?> desired) {
        List<K> names = new ArrayList<>();
        for (K name : observed.keySet()) {
            if (!desired.containsKey(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** One addition, so that after a refusal each can be tried alone. */
    interface Piece {
        void write(NftTransaction transaction);

        void applied();
    }

    /** A snapshot of what is to be added, in the order in which it must be. */
    List<Piece> additions() {
        List<Piece> pieces = new ArrayList<>();
        setAdditions.values().forEach(set -> pieces.add(new SetPiece(set)));
        chainAdditions.keySet().forEach(name -> pieces.add(new ChainPiece(name)));
        chainAdditions.forEach((name, rules) -> pieces.add(new RulesPiece(name, rules)));
        routeAdditions.forEach((route, verdict) -> pieces.add(new RoutePiece(route, verdict)));
        return pieces;
    }

    private final class SetPiece implements Piece {
        private final NftSet set;

        SetPiece(NftSet set) {
            this.set = set;
        }

        @Override
        public void write(NftTransaction transaction) {
            transaction.addSet(set);
        }

        @Override
        public void applied() {
            observedSets.put(set.name(), set);
            setAdditions.remove(set.name());
        }
    }

    private final class ChainPiece implements Piece {
        private final String name;

        ChainPiece(String name) {
            this.name = name;
        }

        @Override
        public void write(NftTransaction transaction) {
            Chain chain = chains.get(name);
            if (chain != null && !observedChains.containsKey(name)) {
                transaction.addChain(chain.chain);
            }
        }

        @Override
        public void applied() {
            observedChains.putIfAbsent(name, List.of());
        }
    }

    private final class RulesPiece implements Piece {
        private final String name;
        private final List<NftRule> rules;

        RulesPiece(String name, List<NftRule> rules) {
            this.name = name;
            this.rules = rules;
        }

        @Override
        public void write(NftTransaction transaction) {
            List<String> observed = observedChains.get(name);
            if (!rules.isEmpty() || observed != null && !observed.isEmpty()) {
                transaction.replaceRules(name, rules);
            }
        }

        @Override
        public void applied() {
            observedChains.put(name, Rules.comments(rules));
            chainAdditions.remove(name);
        }
    }

    private final class RoutePiece implements Piece {
        private final Route route;
        private final NftVerdict verdict;

        RoutePiece(Route route, NftVerdict verdict) {
            this.route = route;
            this.verdict = verdict;
        }

        @Override
        public void write(NftTransaction transaction) {
            NftVerdict observed = observedRoutes.get(route);
            byte[] key = NftData.hostInt(route.number).toBytes();
            if (observed != null) {
                transaction.deleteElement(route.map, key);
            }
            byte[] value = new byte[Integer.BYTES];
            writeBigEndian(transaction.verdicts().number(verdict), value);
            transaction.addElement(route.map, key, value);
        }

        @Override
        public void applied() {
            observedRoutes.put(route, verdict);
            observedNumbers.put(verdict, route.number);
            routeAdditions.remove(route);
        }
    }

    /** As {@link io.fairlead.kernel.nft.NftElements} wants the number of a verdict. */
    private static void writeBigEndian(int value, byte[] target) {
        for (int i = 0; i < Integer.BYTES; i++) {
            target[i] = (byte) (value >>> (24 - 8 * i));
        }
    }
}
