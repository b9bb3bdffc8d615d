package io.fairlead.agent.dataplane.nftables;

import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Makes rules whose comment ends in a digest of their expressions. A restarted agent reads the comments back and knows
 * which chains are already as they should be.
 *
 * <p>Thread-safe: pure functions.
 */
final class Rules {

    /** The kernel takes 256 bytes of user data, {@code nft} prints up to 128. */
    private static final int COMMENT_MAX = 127;

    private Rules() {}

    @SafeVarargs
    static NftRule of(String reason, List<NftExpression>... parts) {
        List<NftExpression> expressions = new ArrayList<>();
        for (List<NftExpression> part : parts) {
            expressions.addAll(part);
        }
        CRC32C digest = new CRC32C();
        digest.update(expressions.toString().getBytes(StandardCharsets.UTF_8));
        String suffix = "#" + Long.toHexString(digest.getValue());
        String text = reason.length() + suffix.length() < COMMENT_MAX
                ? reason
                : reason.substring(0, COMMENT_MAX - suffix.length() - 1);
        return new NftRule(expressions, text.isEmpty() ? suffix : text + " " + suffix);
    }

    /** What a read-back of these rules says. */
    static List<String> comments(List<NftRule> rules) {
        return rules.stream().map(NftRule::comment).toList();
    }
}
