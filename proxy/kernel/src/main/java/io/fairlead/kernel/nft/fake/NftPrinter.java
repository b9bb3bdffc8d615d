package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A table of the fake as text, close to what {@code nft list table} writes, and sorted, so that equal tables give
 * equal text.
 *
 * <p>Confined to the thread that prints.
 */
public final class NftPrinter {

    private final FakeNftTable table;
    private final long nowMillis;
    private final int elementsMax;
    private final StringBuilder text = new StringBuilder();

    private NftPrinter(FakeNftTable table, long nowMillis, int elementsMax) {
        this.table = table;
        this.nowMillis = nowMillis;
        this.elementsMax = elementsMax;
    }

    /**
     * Prints a table; empty text if there is none.
     *
     * @param elementsMax elements printed of each set; the number of the others is given
     */
    public static String print(FakeNftKernel kernel, NftTable id, int elementsMax) {
        synchronized (kernel) {
            FakeNftTable table = kernel.table(id);
            return table == null ? "" : new NftPrinter(table, kernel.nowMillis(), elementsMax).print();
        }
    }

    private String print() {
        text.append("table ").append(table.id()).append(" {\n");
        if (table.isPersistent()) {
            text.append(table.isOrphan() ? "\tflags persist\n" : "\tflags owner,persist\n");
        }
        table.sets().values().stream()
                .sorted(Comparator.comparing(set -> set.declaration().name()))
                .forEach(this::print);
        table.chains().values().stream().sorted(CHAINS).forEach(this::print);
        return text.append("}\n").toString();
    }

    /** Base chains first, in the order of a packet's way; then the others, which sort as if they had this base. */
    private static final NftChain.Base LAST =
            new NftChain.Base(NftChain.Type.FILTER, NftHook.POSTROUTING, Integer.MAX_VALUE);

    private static final Comparator<FakeNftChain> CHAINS = Comparator.comparing(
                    (FakeNftChain chain) -> base(chain).hook())
            .thenComparingInt(chain -> base(chain).priority())
            .thenComparing(FakeNftChain::name);

    private static NftChain.Base base(FakeNftChain chain) {
        NftChain.Base base = chain.declaration().base();
        return base == null ? LAST : base;
    }

    private void print(FakeNftChain chain) {
        text.append("\tchain ").append(chain.name()).append(" {\n");
        NftChain.Base base = chain.declaration().base();
        if (base != null) {
            text.append("\t\ttype ").append(base.type()).append(" hook ").append(base.hook());
            text.append(" priority ").append(base.priority()).append("; policy accept;\n");
        }
        for (NftRule rule : chain.rules()) {
            text.append("\t\t").append(NftPrinterRule.print(table.sets(), rule)).append('\n');
        }
        text.append("\t}\n");
    }

    private void print(FakeNftSet set) {
        NftSet declaration = set.declaration();
        boolean map = declaration.verdicts() || set.isDataMap();
        text.append(map ? "\tmap " : "\tset ").append(declaration.name()).append(" {\n\t\ttype ");
        text.append(types(declaration.key()));
        if (map) {
            text.append(" : ").append(declaration.verdicts() ? "verdict" : types(declaration.data()));
        }
        text.append('\n');
        if (declaration.size() > 0) {
            text.append("\t\tsize ").append(declaration.size()).append('\n');
        }
        if (declaration.dynamic()) {
            text.append("\t\tflags dynamic,timeout\n");
        }
        printElements(set);
        text.append("\t}\n");
    }

    private static String types(List<NftType> types) {
        return String.join(" . ", types.stream().map(NftType::toString).toList());
    }

    private void printElements(FakeNftSet set) {
        List<Map.Entry<NftData, FakeNftElement>> live = new ArrayList<>();
        for (Map.Entry<NftData, FakeNftElement> entry : set.elements().entrySet()) {
            if (!entry.getValue().isExpired(nowMillis)) {
                live.add(entry);
            }
        }
        if (live.isEmpty()) {
            return;
        }
        List<NftType> key = set.declaration().key();
        live.sort(Map.Entry.comparingByKey(Comparator.comparing(data -> sortable(key, data), ByteBuffer::compareTo)));
        text.append("\t\telements = {\n");
        for (Map.Entry<NftData, FakeNftElement> entry : live.subList(0, Math.min(live.size(), elementsMax))) {
            text.append("\t\t\t").append(element(set, entry.getKey(), entry.getValue()));
            text.append(",\n");
        }
        if (live.size() > elementsMax) {
            text.append("\t\t\t# and ").append(live.size() - elementsMax).append(" more\n");
        }
        text.append("\t\t}\n");
    }

    private String element(FakeNftSet set, NftData key, FakeNftElement element) {
        String line = NftPrinterField.decode(set.declaration().key(), key);
        if (element.timeoutMillis() > 0) {
            line += " timeout " + element.timeoutMillis() / 1000 + "s expires "
                    + (element.expiresAtMillis() - nowMillis) / 1000 + "s";
        }
        String value = value(set.declaration(), element);
        return value.isEmpty() ? line : line + " : " + value;
    }

    /** The value of an element, empty for a plain set. */
    static String value(NftSet set, FakeNftElement element) {
        NftVerdict verdict = element.verdict();
        return verdict != null ? verdict.toString() : NftPrinterField.decode(set.data(), element.value());
    }

    /** The key so that its unsigned bytes are in the order of what is printed. */
    private static ByteBuffer sortable(List<NftType> types, NftData data) {
        ByteBuffer key = ByteBuffer.wrap(data.toBytes());
        int offset = 0;
        for (NftType type : types) {
            if (type == NftType.MARK) {
                int number = key.order(ByteOrder.nativeOrder()).getInt(offset);
                key.order(ByteOrder.BIG_ENDIAN).putInt(offset, number);
            }
            offset += type.paddedLength();
        }
        for (int i = 0; i < key.capacity(); i++) {
            // ByteBuffer compares signed bytes.
            key.put(i, (byte) (key.get(i) ^ 0x80));
        }
        return key;
    }
}
