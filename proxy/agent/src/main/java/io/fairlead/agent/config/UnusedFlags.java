package io.fairlead.agent.config;

import io.fairlead.runtime.options.Option;
import io.fairlead.runtime.options.ValueFormat;
import io.fairlead.runtime.options.ValueFormats;
import java.time.Duration;
import java.util.List;

/**
 * Flags of kube-proxy that change nothing here: docs/operate/kube-proxy.md says why for each. They are checked as
 * kube-proxy checks them, so that a wrong word is not found on the way back.
 *
 * <p>Immutable: constants.
 */
public final class UnusedFlags {

    static final Option<List<String>> FEATURE_GATES =
            Option.list("--feature-gates", "NAME=BOOL", FlagFormats.gate(), "gates of kube-proxy's own code");
    static final Option<String> CONTENT_TYPE =
            text("--kube-api-content-type", "application/vnd.kubernetes.protobuf", "answers are streamed as JSON");
    static final Option<Integer> BURST = unused("--kube-api-burst", "10", count(), "nothing here needs a limit");
    static final Option<Double> QPS = unused(
            "--kube-api-qps", "5", ValueFormats.of("a number", UnusedFlags::decimal), "nothing here needs a limit");
    static final Option<Duration> CONFIG_SYNC = period("--config-sync-period", "15m", "watches miss nothing");
    static final Option<String> HIDDEN_METRICS = text("--show-hidden-metrics-for-version", "", "no metric is hidden");
    static final Option<Duration> IPTABLES_SYNC =
            period("--iptables-sync-period", "30s", "foreign changes are noticed at once");
    static final Option<Duration> IPVS_SYNC =
            period("--ipvs-sync-period", "30s", "foreign changes are noticed at once");
    static final Option<String> VMODULE = text("--vmodule", "", "for files of klog");
    static final Option<String> FLUSH = text("--log-flush-frequency", "5s", "lines are written at once");
    static final Option<Boolean> TEXT_SPLIT =
            Option.flag("--log-text-split-stream", "no effect: all lines go to the standard error");
    static final Option<String> TEXT_BUFFER = text("--log-text-info-buffer-size", "0", "lines are written at once");
    static final Option<Boolean> JSON_SPLIT =
            Option.flag("--log-json-split-stream", "no effect: all lines go to the standard error");
    static final Option<String> JSON_BUFFER = text("--log-json-info-buffer-size", "0", "lines are written at once");
    static final Option<String> BOOT_ID = text("--boot-id-file", "", "for the machine's metrics of cAdvisor");
    static final Option<String> MACHINE_ID = text("--machine-id-file", "", "for the machine's metrics of cAdvisor");

    /** In the order in which help shows them. */
    public static final List<Option<?>> ALL = List.of(
            FEATURE_GATES,
            CONTENT_TYPE,
            BURST,
            QPS,
            CONFIG_SYNC,
            HIDDEN_METRICS,
            IPTABLES_SYNC,
            IPVS_SYNC,
            VMODULE,
            FLUSH,
            TEXT_SPLIT,
            TEXT_BUFFER,
            JSON_SPLIT,
            JSON_BUFFER,
            BOOT_ID,
            MACHINE_ID);

    private UnusedFlags() {}

    private static <T> Option<T> unused(String name, String preset, ValueFormat<T> format, String why) {
        return Option.of(name, "VALUE", format, "no effect: " + why).orElse(preset);
    }

    private static Option<String> text(String name, String preset, String why) {
        return unused(name, preset, FlagFormats.anyText(), why);
    }

    private static Option<Duration> period(String name, String preset, String why) {
        return unused(name, preset, FlagFormats.period(), why);
    }

    private static ValueFormat<Integer> count() {
        return ValueFormats.integer(0, Integer.MAX_VALUE);
    }

    private static Double decimal(String text) {
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException();
        }
        return value;
    }
}
