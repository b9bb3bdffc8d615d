package io.fairlead.agent.dataplane.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.agent.plan.ServicePlan;
import io.fairlead.cluster.model.IpFamily;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rendered table of one Service of each kind as a text that a reviewer reads: names that reach the kernel are part
 * of the interface. When it changes on purpose, the new text is in {@code target}.
 *
 * <p>Confined to the test thread.
 */
class GoldenTableTest {

    @ParameterizedTest
    @EnumSource
    void tableIsAsReviewed(IpFamily family) throws IOException {
        PlaneRig rig = new PlaneRig();
        rig.applyClean(EveryKind.plans().toArray(ServicePlan[]::new));
        String name = family == IpFamily.IPV4 ? "table-ip.txt" : "table-ip6.txt";
        String golden = golden(name);
        String actual = sentence(golden) + rig.table(family);
        if (!actual.equals(golden)) {
            Files.writeString(Path.of("target", name), actual);
        }
        assertEquals(golden, actual, "compare target/" + name + " with src/test/resources/golden/" + name);
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
