package io.fairlead.test.scenario;

import io.fairlead.agent.dataplane.nftables.NftablesDataplane;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftVerdicts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the kernel holds in our tables, as sorted lines. Two things depend on the way there and are checked here but
 * left out: the index of a backend among those of its frontend, and the numbers of slots and of affinity's routes.
 * Clients' affinity records are left out too.
 *
 * <p>Confined to one thread.
 */
public final class NftState {

    private static final Map<String, String> ROUTES_OF =
            Map.of("services", "routes", "short-circuits", "picks", "local-routes", "picks");
    private static final Map<String, String> SLOTS_OF = Map.of("endpoints", "slots", "local-endpoints", "local-slots");

    private final NftTableState state;
    private final NftVerdicts verdicts = new NftVerdicts();
    /** By set, then by key in hexadecimal digits. */
    private final Map<String, TreeMap<String, byte[]>> elements = new HashMap<>();

    private final List<String> lines = new ArrayList<>();

    private NftState(Nft nft, NftTable table) {
        this.state = nft.read(table);
        for (NftSet set : state.sets().values()) {
            TreeMap<String, byte[]> found = new TreeMap<>();
            if (!set.dynamic()) {
                nft.readElements(table, set, verdicts, (key, value) -> found.put(hex(key), value.clone()));
            }
            elements.put(set.name(), found);
        }
    }

    /** The tables of mode nftables, both families. */
    public static List<String> read(Nft nft) {
        return read(nft, NftablesDataplane.TABLE);
    }

    /** Those of a name. */
    public static List<String> read(Nft nft, String name) {
        List<String> all = new ArrayList<>();
        for (NftFamily family : NftFamily.values()) {
            NftTable table = new NftTable(family, name);
            NftState kernel = new NftState(nft, table);
            kernel.print();
            kernel.lines.stream().sorted().forEach(line -> all.add(family + " " + line));
        }
        return all;
    }

    private void print() {
        state.chains().forEach((name, chain) -> lines.add("chain " + chain));
        state.ruleComments().forEach((name, comments) -> lines.add("rules of " + name + " " + comments));
        // The kernel gives sets that rules write to a size of its own.
        state.sets()
                .forEach((name, set) -> lines.add("set " + name + " " + set.key() + " to " + set.data() + " "
                        + set.verdicts() + " " + set.dynamic() + " " + (set.dynamic() ? 0 : set.size())));
        elements.forEach((name, found) -> {
            switch (name) {
                case "services", "short-circuits", "local-routes" -> printRoutes(name, found);
                case "routes", "picks" -> found.values().forEach(value -> lines.add(name + " -> " + verdict(value)));
                case "endpoints", "local-endpoints" -> printEndpoints(name, found);
                case "slots", "local-slots" -> found.keySet().forEach(key -> lines.add(name + " " + frontend(key)));
                default -> found.forEach((key, value) -> lines.add(name + " " + key + " -> " + hex(value)));
            }
        });
    }

    /** Frontends by the chain that their number leads to. */
    private void printRoutes(String name, Map<String, byte[]> found) {
        Map<String, byte[]> routes = elementsOf(ROUTES_OF.getOrDefault(name, ""));
        found.forEach((key, number) -> {
            byte[] verdict = routes.get(hex(number));
            if (verdict == null) {
                throw new AssertionError(name + " " + key + " names route " + hex(number) + ", which is not there");
            }
            lines.add(name + " " + key + " -> " + verdict(verdict));
        });
    }

    private void printEndpoints(String name, Map<String, byte[]> found) {
        Map<String, byte[]> slots = elementsOf(SLOTS_OF.getOrDefault(name, ""));
        Map<String, BitSet> indexes = new HashMap<>();
        Map<String, BitSet> named = new HashMap<>();
        slots.forEach((key, slot) -> {
            indexes.computeIfAbsent(frontend(key), _ -> new BitSet()).set(index(key));
            named.computeIfAbsent(frontend(key), _ -> new BitSet()).set(hostInt(slot));
        });
        Map<String, BitSet> present = new HashMap<>();
        found.forEach((key, value) -> {
            present.computeIfAbsent(frontend(key), _ -> new BitSet()).set(index(key));
            lines.add(name + " " + frontend(key) + " -> " + hex(value));
        });
        if (!present.entrySet().containsAll(named.entrySet())) {
            throw new AssertionError("slots of " + name + " name " + named + ", there are " + present);
        }
        present.forEach((frontend, numbers) -> requireWithoutGap(name, indexes.getOrDefault(frontend, numbers)));
    }

    /** A random index below the count must always find a backend. */
    private static void requireWithoutGap(String name, BitSet numbers) {
        if (numbers.nextClearBit(0) != numbers.cardinality()) {
            throw new AssertionError("indexes of " + name + " have a gap: " + numbers);
        }
    }

    private Map<String, byte[]> elementsOf(String set) {
        return elements.getOrDefault(set, new TreeMap<>());
    }

    private String verdict(byte[] value) {
        return verdicts.verdict(ByteBuffer.wrap(value).getInt()).toString();
    }

    /** A key without its last field, the index. */
    private static String frontend(String key) {
        return key.substring(0, key.length() - 2 * Integer.BYTES);
    }

    private static int index(String key) {
        byte[] bytes = HexFormat.of().parseHex(key);
        return hostInt(Arrays.copyOfRange(bytes, bytes.length - Integer.BYTES, bytes.length));
    }

    private static int hostInt(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
