package io.fairlead.kernel.nft;

import io.fairlead.kernel.KernelException;
import java.util.List;

/**
 * One step of a transaction.
 *
 * <p>Immutable, but for {@link Elements}, which grows while its transaction is being built.
 */
public sealed interface NftOperation {

    /**
     * Adds the table, or takes it over.
     *
     * @param owned whether only this socket may change it and it outlives the socket (NFT_TABLE_F_OWNER and
     *     NFT_TABLE_F_PERSIST); without PERSIST an owned table would die with its process, so it is both or neither
     */
    record AddTable(boolean owned) implements NftOperation {}

    /** Deletes the table with all it holds. */
    record DeleteTable() implements NftOperation {}

    /** Adds the chain; an equal one may exist. */
    record AddChain(NftChain chain) implements NftOperation {}

    /** Deletes a chain with its rules; nothing may refer to it. */
    record DeleteChain(String chain) implements NftOperation {}

    /** Deletes the rules of a chain and appends these: one step, so that a chain is never half written. */
    record ReplaceRules(String chain, List<NftRule> rules) implements NftOperation {}

    /** Adds the set; an equal one may exist. */
    record AddSet(NftSet set) implements NftOperation {}

    /** Deletes a set with its elements; no rule may refer to it. */
    record DeleteSet(String set) implements NftOperation {}

    /** Adds elements that do not exist, or deletes elements that do. */
    record Elements(NftSet set, boolean delete, NftElements elements) implements NftOperation {}

    /** The exception that says that this step on {@code table} was refused. */
    default KernelException refusal(NftTable table, int errno, String detail) {
        return switch (this) {
            case AddTable ignored -> new KernelException("add table", table.toString(), errno, detail);
            case DeleteTable ignored -> new KernelException("delete table", table.toString(), errno, detail);
            case AddChain add -> new KernelException("add chain", table + " " + add.chain.name(), errno, detail);
            case DeleteChain delete -> new KernelException("delete chain", table + " " + delete.chain, errno, detail);
            case ReplaceRules replace ->
                new KernelException("replace rules of", table + " " + replace.chain, errno, detail);
            case AddSet add -> new KernelException("add set", table + " " + add.set.name(), errno, detail);
            case DeleteSet delete -> new KernelException("delete set", table + " " + delete.set, errno, detail);
            case Elements run ->
                new KernelException(
                        run.delete ? "delete element" : "add element", table + " " + run.set.name(), errno, detail);
        };
    }
}
