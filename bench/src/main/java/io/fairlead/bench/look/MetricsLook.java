package io.fairlead.bench.look;

import io.fairlead.kernel.netns.NetNs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A metrics page (Prometheus text format) of one moment.
 *
 * <p>Immutable.
 */
public record MetricsLook(List<String> lines) {

    /** Where kube-proxy has it, and so do we. */
    private static final String URL = "http://127.0.0.1:10249/metrics";

    public MetricsLook {
        lines = List.copyOf(lines);
    }

    /** The page of the proxy that runs in a namespace; empty if it does not answer. */
    public static MetricsLook in(NetNs namespace) {
        try {
            Process curl = namespace.run(() -> new ProcessBuilder("curl", "-s", "-m", "10", URL).start());
            String text = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            curl.waitFor();
            return new MetricsLook(text.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The sum of all series of a name that have these labels, each as {@code name="value"}; 0 if there is none. */
    public double sum(String name, String... labels) {
        double sum = 0;
        for (String line : lines) {
            if (line.startsWith(name) && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ')) {
                sum += hasAll(line, labels) ? Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) : 0;
            }
        }
        return sum;
    }

    private static boolean hasAll(String line, String... labels) {
        for (String label : labels) {
            if (!line.contains(label)) {
                return false;
            }
        }
        return true;
    }

    /** The upper end of the histogram's bucket that this share of all observations does not exceed, in seconds. */
    public double quantileAtMost(String histogram, double share) {
        double all = sum(histogram + "_count");
        List<Double> ends = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(histogram + "_bucket{")) {
                int le = line.indexOf("le=\"") + 4;
                String end = line.substring(le, line.indexOf('"', le));
                double seconds = end.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(end);
                if (Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) >= share * all) {
                    ends.add(seconds);
                }
            }
        }
        return ends.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }
}
