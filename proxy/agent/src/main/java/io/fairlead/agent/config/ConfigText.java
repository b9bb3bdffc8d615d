package io.fairlead.agent.config;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.Arguments;
import io.fairlead.runtime.options.GoDuration;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in force, written as KubeProxyConfiguration in YAML. Texts are in double quotes, as JSON has them, so that
 * nothing that a user gave can become more than a text.
 *
 * <p>Immutable: pure functions.
 */
public final class ConfigText {

    private ConfigText() {}

    /** The whole document; reading it back gives the same values. */
    public static String of(Arguments arguments) {
        StringBuilder text = new StringBuilder()
                .append("apiVersion: " + ConfigFields.API_VERSION + "\nkind: " + ConfigFields.KIND + "\n");
        List<String> open = List.of();
        for (ConfigField field : ConfigFields.ALL) {
            List<String> steps = List.of(field.path().split("\\.", -1));
            List<String> sections = steps.subList(0, steps.size() - 1);
            int depth = 0;
            while (depth < Math.min(sections.size(), open.size())
                    && sections.get(depth).equals(open.get(depth))) {
                depth++;
            }
            for (; depth < sections.size(); depth++) {
                text.repeat("  ", depth).append(sections.get(depth)).append(":\n");
            }
            text.repeat("  ", depth)
                    .append(steps.getLast())
                    .append(": ")
                    .append(value(arguments, field))
                    .append('\n');
            open = sections;
        }
        return text.toString();
    }

    private static String value(Arguments arguments, ConfigField field) {
        return switch (field) {
            case ConfigField.Unused unused -> unused.preset();
            case ConfigField.Flagged flagged -> value(arguments.find(flagged.option()), field.shape());
        };
    }

    private static String value(Optional<?> value, Shape shape) {
        if (value.isEmpty()) {
            return shape == Shape.TEXT ? "\"\"" : "null";
        }
        return switch (shape) {
            case TEXT, SCALAR -> quoted(text(value.get()));
            case DURATION, PERIOD, WHOLE, DECIMAL, FLAG -> text(value.get());
            case TEXTS -> "[" + String.join(", ", texts(value.get())) + "]";
            case SWITCHES -> "{" + switches(value.get()) + "}";
            case ANY -> "null";
        };
    }

    /** kube-proxy knows neither our word for its default nor the plane that it lacks. */
    private static String mode(ProxyMode mode) {
        return switch (mode) {
            case AUTO, EBPF -> "";
            case NFTABLES -> "nftables";
            case IPTABLES -> "iptables";
            case IPVS -> "ipvs";
        };
    }

    private static String text(Object value) {
        return switch (value) {
            case ProxyMode mode -> mode(mode);
            case Duration duration -> GoDuration.print(duration);
            case Double number ->
                number.intValue() == number ? String.valueOf(number.intValue()) : String.valueOf(number);
            case LogSettings.Format format -> format == LogSettings.Format.JSON ? "json" : "text";
            case Optional<?> listen -> listen.map(ConfigText::text).orElse("");
            case InetSocketAddress listen -> listen(listen);
            case List<?> list ->
                String.join(",", list.stream().map(ConfigText::text).toList());
            default -> String.valueOf(value);
        };
    }

    private static String listen(InetSocketAddress listen) {
        String host = IpAddress.ofBytes(listen.getAddress().getAddress()).toString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + listen.getPort();
    }

    private static List<String> texts(Object list) {
        List<String> texts = new ArrayList<>();
        for (Object item : (List<?>) list) {
            texts.add(quoted(text(item)));
        }
        return texts;
    }

    private static String switches(Object list) {
        List<String> switches = new ArrayList<>();
        for (Object item : (List<?>) list) {
            String[] parts = text(item).split("=", 2);
            switches.add(quoted(parts[0]) + ": " + (parts[1].matches("[tT1].*") ? "true" : "false"));
        }
        return String.join(", ", switches);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                quoted.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
