package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rendered table of one Service of each kind as a text that a reviewer reads: names that reach the kernel are part
 * of the interface. When it changes on purpose, the new text is in {@code target}.
 *
 * <p>Confined to the test thread.
 */
class GoldenTableTest {

    private static final Pattern POOLED =
            Pattern.compile("\\n\\tchain ([a-z-]*(?:direct|masquerade|pod|local)-[0-9]+) \\{");

    @ParameterizedTest
    @EnumSource
    void tableIsAsReviewed(IpFamily family) throws IOException {
        PlaneRig rig = new PlaneRig();
        rig.applyClean(EveryKind.plans().toArray(ServicePlan[]::new));
        String name = family == IpFamily.IPV4 ? "table-ip.txt" : "table-ip6.txt";
        String golden = golden(name);
        String actual = sentence(golden) + withoutIdleChains(rig.table(family));
        if (!actual.equals(golden)) {
            Files.writeString(Path.of("target", name), actual);
        }
        assertEquals(golden, actual, "compare target/" + name + " with src/test/resources/golden/" + name);
    }

    /** Chains for small numbers of backends come together; those that nothing leads to are more of the same. */
    private static String withoutIdleChains(String table) {
        StringBuilder kept = new StringBuilder();
        for (String part : table.split("(?=\n\tchain )", -1)) {
            Matcher pooled = POOLED.matcher(part);
            if (!pooled.lookingAt() || table.contains("goto " + pooled.group(1) + ",")) {
                kept.append(part);
            }
        }
        return kept.append(kept.toString().endsWith("}\n}\n") ? "" : "\n}\n").toString();
    }

    /** The comment lines at the beginning, which say why the file exists. */
    private static String sentence(String golden) {
        return golden.substring(0, golden.indexOf("table "));
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = GoldenTableTest.class.getResourceAsStream("/golden/" + name)) {
            if (file == null) {
                throw new IOException("no golden file " + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
