package io.fairlead.kernel.nft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of steps on one table that the kernel takes all together or not at all.
 *
 * <p>Building never fails: the first mistake (a name that is too long, a key of the wrong length) is remembered and
 * thrown when the transaction is applied, so that building code reads as a flat list of facts. Confined to the thread
 * that builds it.
 */
public final class NftTransaction {

    /** NFT_NAME_MAXLEN of include/uapi/linux/netfilter/nf_tables.h, less the terminating zero. */
    private static final int NAME_BYTES_MAX = 255;

    private final NftTable table;
    private final NftVerdicts verdicts;
    private final List<NftOperation> operations = new ArrayList<>();
    private String mistake = "";

    public NftTransaction(NftTable table, NftVerdicts verdicts) {
        this.table = table;
        this.verdicts = verdicts;
    }

    public NftTable table() {
        return table;
    }

    /** Resolves the values of verdict map elements. */
    public NftVerdicts verdicts() {
        return verdicts;
    }

    /** The steps in their order. */
    public List<NftOperation> operations() {
        return operations;
    }

    public boolean isEmpty() {
        return operations.isEmpty();
    }

    /** The first mistake made while building, empty if there was none. */
    public String mistake() {
        return mistake;
    }

    public NftTransaction addTable(boolean owned) {
        operations.add(new NftOperation.AddTable(owned));
        return this;
    }

    public NftTransaction deleteTable() {
        operations.add(new NftOperation.DeleteTable());
        return this;
    }

    public NftTransaction addChain(NftChain chain) {
        checkName("chain", chain.name());
        operations.add(new NftOperation.AddChain(chain));
        return this;
    }

    public NftTransaction deleteChain(String chain) {
        operations.add(new NftOperation.DeleteChain(chain));
        return this;
    }

    public NftTransaction replaceRules(String chain, List<NftRule> rules) {
        for (NftRule rule : rules) {
            int bytes = rule.comment().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > NftRule.COMMENT_BYTES_MAX) {
                mistake("rule comment of " + bytes + " bytes in chain " + chain + ", allowed are "
                        + NftRule.COMMENT_BYTES_MAX);
            }
        }
        operations.add(new NftOperation.ReplaceRules(chain, List.copyOf(rules)));
        return this;
    }

    public NftTransaction addSet(NftSet set) {
        checkName("set", set.name());
        operations.add(new NftOperation.AddSet(set));
        return this;
    }

    public NftTransaction deleteSet(String set) {
        operations.add(new NftOperation.DeleteSet(set));
        return this;
    }

    /** Adds an element that does not exist yet. The arrays are copied. */
    public NftTransaction addElement(NftSet set, byte[] key, byte[] value) {
        NftElements run = run(set, false);
        if (key.length == run.keyLength() && value.length == run.valueLength()) {
            run.add(key, value);
        } else {
            mistake("element of " + set.name() + " with " + key.length + " bytes of key and " + value.length
                    + " of value, expected " + run.keyLength() + " and " + run.valueLength());
        }
        return this;
    }

    /** Deletes an element that exists. The array is copied. */
    public NftTransaction deleteElement(NftSet set, byte[] key) {
        NftElements run = run(set, true);
        if (key.length == run.keyLength()) {
            run.add(key, key);
        } else {
            mistake("element of " + set.name() + " with " + key.length + " bytes of key, expected " + run.keyLength());
        }
        return this;
    }

    /** The last run if it fits, else a new one: consecutive elements of one set share messages. */
    private NftElements run(NftSet set, boolean delete) {
        if (!operations.isEmpty()
                && operations.getLast() instanceof NftOperation.Elements last
                && last.delete() == delete
                && last.set().equals(set)) {
            return last.elements();
        }
        int valueLength = delete ? 0 : set.valueLength();
        NftElements elements = new NftElements(set.keyLength(), valueLength);
        operations.add(new NftOperation.Elements(set, delete, elements));
        return elements;
    }

    private void checkName(String kind, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > NAME_BYTES_MAX) {
            mistake(kind + " name of " + bytes + " bytes, allowed are 1 to " + NAME_BYTES_MAX);
        }
    }

    private void mistake(String text) {
        if (mistake.isEmpty()) {
            mistake = text;
        }
    }
}
