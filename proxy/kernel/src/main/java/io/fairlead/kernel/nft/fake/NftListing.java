package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.NftChain;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftTableState;
import io.fairlead.kernel.nft.NftVerdicts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * What can be read back of a table, of the kernel as of a fake, as text: chains with the comments of their rules, sets
 * with their elements. Rules themselves are not read back.
 *
 * <p>Confined to the thread that reads.
 */
public final class NftListing {

    private final Nft nft;
    private final NftTable table;
    private final int elementsMax;
    private final StringBuilder text = new StringBuilder();

    private NftListing(Nft nft, NftTable table, int elementsMax) {
        this.nft = nft;
        this.table = table;
        this.elementsMax = elementsMax;
    }

    /**
     * Reads a table; empty text if there is none.
     *
     * @param elementsMax elements shown of each set; the others are counted
     */
    public static String read(Nft nft, NftTable table, int elementsMax) {
        return new NftListing(nft, table, elementsMax).read();
    }

    private String read() {
        NftTableState state = nft.read(table);
        if (!state.exists()) {
            return "";
        }
        text.append("table ").append(table).append(state.ownedByOther() ? " owned by another process {\n" : " {\n");
        new TreeMap<>(state.sets()).values().forEach(this::add);
        new TreeMap<>(state.chains())
                .values()
                .forEach(chain -> add(chain, state.ruleComments().getOrDefault(chain.name(), List.of())));
        return text.append("}\n").toString();
    }

    private void add(NftChain chain, List<String> comments) {
        text.append("\tchain ").append(chain.name()).append(" {\n");
        NftChain.Base base = chain.base();
        if (base != null) {
            text.append("\t\ttype ").append(base.type()).append(" hook ").append(base.hook());
            text.append(" priority ").append(base.priority()).append('\n');
        }
        comments.forEach(comment -> text.append("\t\t# rule: ").append(comment).append('\n'));
        text.append("\t}\n");
    }

    private void add(NftSet set) {
        text.append(set.verdicts() || !set.data().isEmpty() ? "\tmap " : "\tset ")
                .append(set.name())
                .append(" {\n");
        NftVerdicts verdicts = new NftVerdicts();
        List<String> shown = new ArrayList<>();
        int[] count = new int[1];
        nft.readElements(table, set, verdicts, (key, value) -> {
            if (count[0]++ < elementsMax) {
                shown.add(element(set, key, value, verdicts));
            }
        });
        Collections.sort(shown);
        shown.forEach(element -> text.append("\t\t").append(element).append('\n'));
        if (count[0] > elementsMax) {
            text.append("\t\t# and ").append(count[0] - elementsMax).append(" more\n");
        }
        text.append("\t}\n");
    }

    private static String element(NftSet set, byte[] key, byte[] value, NftVerdicts verdicts) {
        String line = NftPrinterField.decode(set.key(), NftData.of(key.clone()));
        if (set.verdicts()) {
            int number = ByteBuffer.wrap(value).getInt();
            return line + " : " + verdicts.verdict(number);
        }
        return set.data().isEmpty()
                ? line
                : line + " : " + NftPrinterField.decode(set.data(), NftData.of(value.clone()));
    }
}
