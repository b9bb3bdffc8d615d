package io.fairlead.kernel.nft;

/**
 * What a rule or a verdict map element says about a packet.
 *
 * <p>Immutable.
 */
public sealed interface NftVerdict {

    /** NF_ACCEPT. */
    record Accept() implements NftVerdict {
        @Override
        public String toString() {
            return "accept";
        }
    }

    /** NF_DROP. */
    record Drop() implements NftVerdict {
        @Override
        public String toString() {
            return "drop";
        }
    }

    /** NFT_RETURN: go on behind the jump that led here. */
    record Return() implements NftVerdict {
        @Override
        public String toString() {
            return "return";
        }
    }

    /** NFT_JUMP: evaluate another chain and come back. */
    record Jump(String chain) implements NftVerdict {
        @Override
        public String toString() {
            return "jump " + chain;
        }
    }

    /** NFT_GOTO: evaluate another chain and do not come back. */
    record Goto(String chain) implements NftVerdict {
        @Override
        public String toString() {
            return "goto " + chain;
        }
    }
}
