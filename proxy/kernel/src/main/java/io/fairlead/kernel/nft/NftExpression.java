package io.fairlead.kernel.nft;

/**
 * One expression of a rule. A rule runs its expressions in order; one that does not match ends the rule.
 *
 * <p>Registers are the sixteen 32-bit registers of nf_tables, numbered 0 to 15 here (NFT_REG32_00 + n); a value longer
 * than four bytes takes the following ones too.
 *
 * <p>Immutable.
 */
public sealed interface NftExpression {

    /** Loads {@code length} bytes of the packet into {@code register}. */
    record Payload(Header header, int offset, int length, int register) implements NftExpression {}

    /** Where a payload offset counts from; the number is the kernel's (NFT_PAYLOAD_*). */
    enum Header {
        NETWORK(1),
        TRANSPORT(2);

        private final int number;

        Header(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Loads packet metadata. */
    record Meta(MetaKey key, int register) implements NftExpression {}

    /** Sets packet metadata; only {@link MetaKey#MARK} can be set. */
    record MetaSet(MetaKey key, int register) implements NftExpression {}

    /** NFT_META_*: keys that we use. */
    enum MetaKey {
        /** Four bytes, host order. */
        MARK(3, 4),
        /** Interface name, sixteen bytes padded with zeros; all zeros for locally generated packets. */
        IIFNAME(6, 16),
        /** Outgoing interface name. */
        OIFNAME(7, 16),
        /** Transport protocol, one byte. */
        L4PROTO(16, 1);

        private final int number;
        private final int length;

        MetaKey(int number, int length) {
            this.number = number;
            this.length = length;
        }

        public int number() {
            return number;
        }

        /** Bytes that are loaded. */
        public int length() {
            return length;
        }
    }

    /** Loads a property of the connection: four bytes in host order. */
    record Ct(CtKey key, int register) implements NftExpression {}

    /** NFT_CT_*; the number is the kernel's. */
    enum CtKey {
        /** Bits: INVALID 1, ESTABLISHED 2, RELATED 4, NEW 8, UNTRACKED 64. */
        STATE(0),
        /** IPS_* bits; DST_NAT is 32. */
        STATUS(2);

        private final int number;

        CtKey(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Ends the rule unless the register equals (or, with {@code negated}, differs from) the bytes. */
    record Compare(int register, boolean negated, NftData bytes) implements NftExpression {}

    /** {@code target = (source & mask) ^ xor}; the length is that of the mask. */
    record Bitwise(int source, int target, NftData mask, NftData xor) implements NftExpression {}

    /** Ends the rule unless the key is (or, with {@code negated}, is not) in the set. */
    record Lookup(String set, int key, boolean negated) implements NftExpression {}

    /** Loads the value of the key; ends the rule if there is none. */
    record LookupData(String map, int key, int target) implements NftExpression {}

    /** Takes the verdict of the key; ends the rule if there is none. */
    record LookupVerdict(String map, int key) implements NftExpression {}

    /** Loads constant bytes. */
    record Immediate(int register, NftData bytes) implements NftExpression {}

    /** Ends the evaluation with a verdict. */
    record Verdict(NftVerdict verdict) implements NftExpression {}

    /** Loads a random number below {@code modulus}: four bytes in host order. */
    record RandomNumber(int register, int modulus) implements NftExpression {}

    /** Loads the address type (RTN_LOCAL is 2) of the source address: four bytes in host order. */
    record FibSourceType(int register) implements NftExpression {}

    /** Destination NAT to the address and port in the registers; ends the evaluation (accept). */
    record Dnat(NftFamily family, int address, int port) implements NftExpression {}

    /** Source NAT to an address of the outgoing interface, source port fully random; ends the evaluation. */
    record Masquerade() implements NftExpression {}

    /**
     * Answers and drops; ends the evaluation.
     *
     * @param tcpReset answers a TCP packet with a reset; otherwise the answer is ICMP (or ICMPv6) port unreachable
     */
    record Reject(boolean tcpReset) implements NftExpression {

        /** Port unreachable. */
        public Reject() {
            this(false);
        }
    }

    /**
     * Adds or refreshes a record in a dynamic map. Ends the rule if the map is full. A record that is there keeps its
     * value (nft_dynset_eval): to change it, delete it first.
     *
     * @param timeoutMillis life of the record from now
     */
    record UpdateRecord(String map, int key, int data, long timeoutMillis) implements NftExpression {}

    /**
     * Deletes a record from a dynamic map, if there is one.
     *
     * @param data a register that holds anything: the kernel demands one for a map
     */
    record DeleteRecord(String map, int key, int data) implements NftExpression {}
}
