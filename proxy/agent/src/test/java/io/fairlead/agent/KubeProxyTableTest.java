package io.fairlead.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.agent.config.ConfigText;
import io.fairlead.runtime.options.Argument;
import io.fairlead.runtime.options.CommandLine;
import io.fairlead.runtime.options.Invocation;
import io.fairlead.runtime.options.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * docs/operate/kube-proxy.md has every flag and every field, and no other.
 *
 * <p>Confined to the test thread.
 */
class KubeProxyTableTest {

    /** Tests run in the folder of their module. */
    private static final Path PAGE = Path.of("../../docs/operate/kube-proxy.md");

    /** Options that kube-proxy does not have, and second spellings. */
    private static final Set<String> OURS = Set.of(
            "--manifests",
            "--node-name",
            "--run-dir",
            "--status-dir",
            "--mode",
            "--masquerade-bit",
            "--external-ips",
            "--min-sync-period",
            "--sync-period",
            "--once",
            "--dry-run",
            "--cleanup-kube-proxy",
            "--hand-back",
            "--pages-bind-address",
            "--log-level",
            "--log-format",
            "-v");

    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| (same|better|no effect) \\| (.*)\\|");

    private static Set<String> rows(String heading) throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## " + heading));
        int end = section.indexOf("\n## ", 1);
        Set<String> rows = new TreeSet<>();
        for (String line :
                section.substring(0, end < 0 ? section.length() : end).split("\n", -1)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(row.group(1));
                assertTrue(row.group(2).equals("same") || !row.group(3).isBlank(), line);
            }
        }
        return rows;
    }

    @Test
    void everyFlagIsInTheTable() throws IOException {
        Set<String> flags = new TreeSet<>();
        for (Argument<?> argument : AgentOptions.command().arguments()) {
            if (argument instanceof Option<?> option) {
                flags.addAll(option.names());
            }
        }
        flags.removeAll(OURS);
        assertEquals(flags, rows("Flags"));
    }

    @Test
    void everyFieldIsInTheTable() throws IOException {
        Invocation.Run run = (Invocation.Run)
                new CommandLine("fairlead", "a test", List.of(AgentOptions.command())).parse(List.of("proxy"));
        Set<String> fields = new TreeSet<>();
        String[] sections = new String[8];
        for (String line : ConfigText.of(run.arguments()).split("\n", -1)) {
            int depth = (line.length() - line.stripLeading().length()) / 2;
            String[] parts = line.strip().split(":", 2);
            sections[depth] = parts[0];
            if (parts.length == 2 && !parts[1].isEmpty()) {
                fields.add(String.join(".", Arrays.copyOf(sections, depth + 1)));
            }
        }
        fields.removeAll(Set.of("apiVersion", "kind"));
        assertEquals(fields, rows("Fields"));
    }
}
