package io.fairlead.runtime.metrics;

import java.io.IOException;
import java.lang.ProcessHandle.Info;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * What every process tells about itself, under the names that Prometheus gives to all languages
 * (prometheus.io/docs/instrumenting/writing_clientlibs, "Process metrics").
 *
 * <p>Immutable.
 */
public enum ProcessMetric implements MetricDescriptor {
    CPU("process_cpu_seconds_total", Kind.COUNTER, "CPU time that the process used."),
    RESIDENT_MEMORY("process_resident_memory_bytes", Kind.GAUGE, "Memory of the process that is in RAM."),
    OPEN_FILES("process_open_fds", Kind.GAUGE, "File descriptors that the process holds."),
    START_TIME("process_start_time_seconds", Kind.GAUGE, "When the process was started, in seconds since 1970."),
    HEAP_USED("fairlead_heap_used_bytes", Kind.GAUGE, "Java heap in use, garbage included."),
    HEAP_MAX("fairlead_heap_max_bytes", Kind.GAUGE, "Java heap that the process may use at most.");

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FILES = Path.of("/proc/self/fd");
    private static final String RESIDENT = "VmRSS:";

    private final String metricName;
    private final Kind kind;
    private final String sentence;

    ProcessMetric(String metricName, Kind kind, String sentence) {
        this.metricName = metricName;
        this.kind = kind;
        this.sentence = sentence;
    }

    /** Puts all of them on the page. */
    public static void observe(Metrics metrics) {
        for (ProcessMetric metric : values()) {
            metrics.observe(metric, metric::read);
        }
    }

    /** The value at this moment; not a number if the system does not say. */
    public double read() {
        Info info = ProcessHandle.current().info();
        Runtime runtime = Runtime.getRuntime();
        return switch (this) {
            case CPU -> info.totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
            case RESIDENT_MEMORY -> residentBytes();
            case OPEN_FILES -> openFiles();
            case START_TIME -> info.startInstant().orElse(Instant.EPOCH).toEpochMilli() / 1e3;
            case HEAP_USED -> runtime.totalMemory() - runtime.freeMemory();
            case HEAP_MAX -> runtime.maxMemory();
        };
    }

    private static double residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    String number = line.substring(RESIDENT.length(), line.length() - " kB".length());
                    return 1024.0 * Long.parseLong(number.strip());
                }
            }
        } catch (IOException e) {
            return Double.NaN;
        }
        return Double.NaN;
    }

    private static double openFiles() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(FILES)) {
            int count = 0;
            for (Path ignored : files) {
                count++;
            }
            return count;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public String metricName() {
        return metricName;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
