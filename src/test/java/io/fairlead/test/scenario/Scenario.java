package io.fairlead.test.scenario;

import io.fairlead.agent.plan.AgentPolicy;
import java.util.List;
import java.util.Map;

/**
 * One situation: what happens in it and what must come of it.
 *
 * <p>Immutable.
 *
 * @param name of the file, without its ending
 * @param sentence what it proves
 * @param policy the agent's options
 * @param fakesOnly why it cannot be shown on a real kernel; empty if it can
 * @param asWrittenOnly why its steps must not be permuted; empty if they may
 */
public record Scenario(
        String name,
        String sentence,
        AgentPolicy policy,
        String fakesOnly,
        String asWrittenOnly,
        List<Step> steps,
        Map<String, Section> sections) {

    public Scenario {
        steps = List.copyOf(steps);
        sections = Map.copyOf(sections);
    }

    /**
     * What stands below {@code -- name --}.
     *
     * <p>Immutable.
     *
     * @param file of the scenario
     * @param line number of the section's first line
     */
    public record Section(String file, int line, List<String> lines) {

        public Section {
            lines = List.copyOf(lines);
        }

        String where(int index) {
            return file + ":" + (line + index);
        }
    }

    Section section(String name) {
        Section found = sections.get(name);
        if (found == null) {
            throw new IllegalArgumentException(this.name + ": there is no section '" + name + "'");
        }
        return found;
    }

    @Override
    public String toString() {
        return name;
    }
}
