package io.fairlead.agent.config;

import io.fairlead.agent.plan.NodePortAddresses;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.runtime.logging.LogSettings;
import io.fairlead.runtime.options.ValueFormat;
import io.fairlead.runtime.options.ValueFormats;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How values of kube-proxy's flags are written.
 *
 * <p>Immutable: pure functions.
 */
final class FlagFormats {

    private static final int TEXT_CHARS_MAX = 4096;

    private FlagFormats() {}

    /** Any text, and none. */
    static ValueFormat<String> anyText() {
        return ValueFormats.of("a text of up to " + TEXT_CHARS_MAX + " characters", text -> {
            if (text.length() > TEXT_CHARS_MAX) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    /** Nothing means automatic, as for kube-proxy. */
    static ValueFormat<ProxyMode> mode() {
        return emptyMeans(ProxyMode.AUTO, ValueFormats.oneOf(ProxyMode.class));
    }

    static ValueFormat<LocalMode> localMode() {
        Map<String, LocalMode> modes = new LinkedHashMap<>();
        for (LocalMode mode : LocalMode.values()) {
            modes.put(mode.toString(), mode);
        }
        return emptyMeans(LocalMode.CLUSTER_CIDR, ValueFormats.oneOf(modes));
    }

    /** Our words and klog's. */
    static ValueFormat<LogSettings.Format> logFormat() {
        Map<String, LogSettings.Format> formats = new LinkedHashMap<>();
        formats.put("plain", LogSettings.Format.PLAIN);
        formats.put("json", LogSettings.Format.JSON);
        formats.put("text", LogSettings.Format.PLAIN);
        return ValueFormats.oneOf(formats);
    }

    static ValueFormat<IpPrefix> range() {
        return ValueFormats.of("a CIDR", IpPrefix::parse);
    }

    static ValueFormat<IpAddress> address() {
        return ValueFormats.of("an IP address", IpAddress::parse);
    }

    /** With or without a scheme: what a server without one speaks follows from whether there are credentials for it. */
    static ValueFormat<String> server() {
        return ValueFormats.of("http://HOST[:PORT] or https://HOST[:PORT]", text -> {
            URI url = URI.create(text.contains("://") ? text : "https://" + text);
            if (url.getHost() == null || !url.getScheme().matches("https?")) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    static ValueFormat<String> nodePortAddress() {
        return ValueFormats.of("primary, localhost, all, or a CIDR", text -> {
            NodePortAddresses.parse(List.of(text));
            return text;
        });
    }

    /** From nothing to a year: the kernel's time-outs have seconds and fit 32 bits. */
    static ValueFormat<Duration> period() {
        return ValueFormats.duration(Duration.ZERO, Duration.ofDays(365));
    }

    /** {@code key=true} or {@code key=false}. */
    static ValueFormat<String> gate() {
        return ValueFormats.of("NAME=true or NAME=false", text -> {
            if (!text.matches("[A-Za-z0-9]+=([Tt]rue|[Ff]alse|TRUE|FALSE|[tTfF10])")) {
                throw new IllegalArgumentException();
            }
            return text;
        });
    }

    private static <T> ValueFormat<T> emptyMeans(T value, ValueFormat<T> format) {
        return new EmptyMeans<>(value, format);
    }

    private record EmptyMeans<T>(T value, ValueFormat<T> format) implements ValueFormat<T> {

        @Override
        public T parse(String text) {
            return text.isEmpty() ? value : format.parse(text);
        }

        @Override
        public String accepted() {
            return format.accepted();
        }

        @Override
        public List<String> words() {
            return format.words();
        }
    }
}
