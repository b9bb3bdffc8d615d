package io.fairlead.test.scenario;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.test.scenario.Scenario.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads scenario files: a sentence, headers, {@code steps:}, and sections. The format is in {@code src/test/README.md}.
 *
 * <p>Confined to one thread.
 */
public final class ScenarioParser {

    private final String file;
    private final NodeOptions options = new NodeOptions();
    private final StringBuilder sentence = new StringBuilder();
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private String fakesOnly = "";
    private String asWrittenOnly = "";
    private boolean inSteps;

    private ScenarioParser(String file) {
        this.file = file;
    }

    /** @throws IllegalArgumentException with file and line */
    public static Scenario parse(String file, List<String> lines) {
        return new ScenarioParser(file).parse(lines);
    }

    private Scenario parse(List<String> lines) {
        int at = 0;
        while (at < lines.size() && !isSection(lines.get(at))) {
            try {
                head(lines.get(at).strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ":" + (at + 1) + ": " + e.getMessage(), e);
            }
            at++;
        }
        while (at < lines.size()) {
            String title = lines.get(at).strip();
            String name = title.substring(2, title.length() - 2).strip();
            int first = ++at;
            while (at < lines.size() && !isSection(lines.get(at))) {
                at++;
            }
            if (sections.put(name, new Section(file, first + 1, lines.subList(first, at))) != null) {
                throw new IllegalArgumentException(file + ":" + first + ": a second section '" + name + "'");
            }
        }
        if (sentence.isEmpty() || steps.isEmpty()) {
            throw new IllegalArgumentException(file + ":1: a scenario begins with a sentence and has steps");
        }
        String name = file.endsWith(".txt") ? file.substring(0, file.length() - ".txt".length()) : file;
        return new Scenario(name, sentence.toString(), options.policy(), fakesOnly, asWrittenOnly, steps, sections);
    }

    private static boolean isSection(String line) {
        String title = line.strip();
        return title.length() > 4 && title.startsWith("--") && title.endsWith("--");
    }

    private void head(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("node: ")) {
            for (String option : line.substring("node: ".length()).strip().split("\\s+", -1)) {
                options.set(option);
            }
        } else if (line.startsWith("fakes only: ")) {
            fakesOnly = line.substring("fakes only: ".length());
        } else if (line.startsWith("as written only: ")) {
            asWrittenOnly = line.substring("as written only: ".length());
        } else if (line.equals("steps:")) {
            inSteps = true;
        } else if (inSteps) {
            steps.add(step(line));
        } else {
            sentence.append(sentence.isEmpty() ? "" : " ").append(line);
        }
    }

    private static Step step(String line) {
        String[] words = line.split("\\s+", -1);
        String rest = words[words.length - 1];
        String start = line.substring(0, line.length() - rest.length()).strip();
        return switch (start) {
            case "apply" -> new Step.Apply(rest);
            case "delete" -> new Step.Delete(rest);
            case "advance" -> new Step.Advance(Duration.parse("PT" + rest));
            case "add address" -> new Step.AddAddress(IpAddress.parse(rest));
            case "remove address" -> new Step.RemoveAddress(IpAddress.parse(rest));
            case "expect flows =" -> new Step.ExpectFlows(rest);
            case "expect plan =" -> new Step.ExpectPlan(rest);
            case "expect set-aside =" -> new Step.ExpectSetAside(rest);
            default ->
                switch (line) {
                    case "restart" -> new Step.Restart();
                    case "fail nft once" -> new Step.FailOnce();
                    case "expect clean" -> new Step.ExpectClean();
                    default -> throw new IllegalArgumentException("no step '" + line + "'");
                };
        };
    }
}
