package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftVerdict;

/**
 * What the kernel checks of one rule when it is added: the init functions of its expressions (net/netfilter/nft_*.c),
 * registers in range, written before they are read, lengths that fit.
 *
 * <p>Confined to the thread that applies the transaction.
 */
final class FakeNftRuleLaw {

    /** NFT_RULE_MAXEXPRS. */
    private static final int EXPRESSIONS_MAX = 128;

    /** sizeof(struct nft_data): constants of compare, bitwise and immediate. */
    private static final int CONSTANT_BYTES_MAX = 16;

    private static final int REGISTER_BYTES = 4;
    private static final int REGISTERS = 16;

    /** Offsets and lengths of payload expressions are one byte in the kernel. */
    private static final int PAYLOAD_MAX = 255;

    private final FakeNftTable table;
    private final Refusal refusal;

    /** Bit n: register n was written by an earlier expression. */
    private int written;

    FakeNftRuleLaw(FakeNftTable table, Refusal refusal) {
        this.table = table;
        this.refusal = refusal;
    }

    /** Names the step in an exception. */
    @FunctionalInterface
    interface Refusal {
        KernelException of(int errno, String reason);
    }

    /** Checks that a verdict leads to a regular chain, if to any (nft_verdict_init). */
    static void checkTarget(FakeNftTable table, NftVerdict verdict, Refusal refusal) {
        String target = FakeNftTable.targetOf(verdict);
        if (target.isEmpty()) {
            return;
        }
        FakeNftChain chain = table.chains().get(target);
        if (chain == null) {
            throw refusal.of(Errno.ENOENT, verdict + ": no such chain");
        }
        if (chain.declaration().base() != null) {
            throw refusal.of(Errno.EOPNOTSUPP, verdict + ": it is a base chain");
        }
    }

    void check(NftRule rule) {
        require(rule.expressions().size() <= EXPRESSIONS_MAX, Errno.EINVAL, "more than 128 expressions");
        for (NftExpression expression : rule.expressions()) {
            check(expression);
        }
    }

    private void check(NftExpression expression) {
        switch (expression) {
            case NftExpression.Payload payload -> checkPayload(payload);
            case NftExpression.Meta(NftExpression.MetaKey key, int register) -> store(register, key.length());
            case NftExpression.MetaSet(NftExpression.MetaKey key, int register) -> {
                require(key == NftExpression.MetaKey.MARK, Errno.EOPNOTSUPP, "meta " + key + " cannot be set");
                load(register, key.length());
            }
            case NftExpression.Ct ct -> store(ct.register(), Integer.BYTES);
            case NftExpression.Compare compare -> {
                checkConstant(compare.bytes());
                load(compare.register(), compare.bytes().length());
            }
            case NftExpression.Bitwise bitwise -> checkBitwise(bitwise);
            case NftExpression.Lookup lookup -> {
                NftSet set = set(lookup.set());
                require(!set.verdicts() && set.data().isEmpty(), Errno.EINVAL, set.name() + " is a map");
                load(lookup.key(), set.keyLength());
            }
            case NftExpression.LookupData lookup -> {
                NftSet map = set(lookup.map());
                require(!map.data().isEmpty(), Errno.EINVAL, map.name() + " is no map to data");
                load(lookup.key(), map.keyLength());
                store(lookup.target(), map.dataLength());
            }
            case NftExpression.LookupVerdict lookup -> {
                NftSet map = set(lookup.map());
                require(map.verdicts(), Errno.EINVAL, map.name() + " is no verdict map");
                load(lookup.key(), map.keyLength());
            }
            case NftExpression.Immediate immediate -> {
                checkConstant(immediate.bytes());
                store(immediate.register(), immediate.bytes().length());
            }
            case NftExpression.Verdict(NftVerdict verdict) -> checkTarget(table, verdict, refusal);
            case NftExpression.RandomNumber random -> {
                require(random.modulus() > 0, Errno.ERANGE, "random number below " + random.modulus());
                store(random.register(), Integer.BYTES);
            }
            case NftExpression.FibSourceType fib -> store(fib.register(), Integer.BYTES);
            case NftExpression.Dnat dnat -> {
                require(dnat.family() == table.id().family(), Errno.EOPNOTSUPP, "dnat to another family");
                load(dnat.address(), dnat.family() == NftFamily.IP ? 4 : 16);
                load(dnat.port(), Short.BYTES);
            }
            case NftExpression.UpdateRecord update -> {
                require(update.timeoutMillis() > 0, Errno.EINVAL, "record without a time-out");
                checkRecord(update.map(), update.key(), update.data());
            }
            case NftExpression.DeleteRecord delete -> checkRecord(delete.map(), delete.key(), delete.data());
            case NftExpression.Masquerade _, NftExpression.Reject _ -> {
                // Only their place matters: FakeNftChainLaw.
            }
        }
    }

    private void checkPayload(NftExpression.Payload payload) {
        boolean inRange = payload.offset() >= 0 && payload.offset() <= PAYLOAD_MAX && payload.length() <= PAYLOAD_MAX;
        require(inRange, Errno.ERANGE, "payload offset or length above 255");
        store(payload.register(), payload.length());
    }

    private void checkConstant(NftData bytes) {
        require(bytes.length() > 0, Errno.EINVAL, "no bytes");
        require(bytes.length() <= CONSTANT_BYTES_MAX, Errno.EOVERFLOW, "constant of more than 16 bytes");
    }

    private void checkBitwise(NftExpression.Bitwise bitwise) {
        checkConstant(bitwise.mask());
        require(bitwise.xor().length() == bitwise.mask().length(), Errno.EINVAL, "mask and xor differ in length");
        load(bitwise.source(), bitwise.mask().length());
        store(bitwise.target(), bitwise.mask().length());
    }

    private void checkRecord(String name, int key, int data) {
        NftSet map = set(name);
        require(map.dynamic() && !map.data().isEmpty(), Errno.EOPNOTSUPP, map.name() + " is no map of records");
        load(key, map.keyLength());
        load(data, map.dataLength());
    }

    private NftSet set(String name) {
        FakeNftSet set = table.sets().get(name);
        if (set == null) {
            throw refusal.of(Errno.ENOENT, "no set " + name);
        }
        return set.declaration();
    }

    /** nft_parse_register_store. */
    private void store(int register, int length) {
        written |= registers(register, length);
    }

    /** nft_parse_register_load; reading what nobody wrote is refused from 6.13 on. */
    private void load(int register, int length) {
        int needed = registers(register, length);
        require((written & needed) == needed, Errno.ENODATA, "register " + register + " is read before it is written");
    }

    /** The registers of a value as bits. */
    private int registers(int register, int length) {
        require(register >= 0 && register < REGISTERS, Errno.ERANGE, "no register " + register);
        require(length > 0, Errno.EINVAL, "value without bytes");
        int count = (length + REGISTER_BYTES - 1) / REGISTER_BYTES;
        require(register + count <= REGISTERS, Errno.ERANGE, length + " bytes do not fit behind register " + register);
        return ((1 << count) - 1) << register;
    }

    private void require(boolean lawful, int errno, String reason) {
        if (!lawful) {
            throw refusal.of(errno, reason);
        }
    }
}
