package io.fairlead.agent.view;

import io.fairlead.runtime.table.StructureWriter;
import java.time.Duration;

/**
 * The agent as a process, and what it runs on.
 *
 * <p>Immutable.
 *
 * @param residentBytes memory that is in RAM
 * @param conntrackEntries flows that the kernel knows, -1 if it does not say
 * @param conntrackEntriesMax above it the kernel drops new flows, 0 if it does not say
 * @param fairlead version
 * @param layout of the tables
 * @param kernel release
 * @param java version
 */
public record ProcessStatus(
        Duration up,
        long residentBytes,
        long heapBytes,
        long heapBytesMax,
        long conntrackEntries,
        long conntrackEntriesMax,
        String fairlead,
        int layout,
        String kernel,
        String java) {

    private static final long MEBI = 1 << 20;
    private static final double FULL = 0.9;

    String text() {
        return "up for " + StatusView.age(up) + ", " + residentBytes / MEBI + " MiB resident, heap " + heapBytes / MEBI
                + " of " + heapBytesMax / MEBI + " MiB";
    }

    String conntrackText() {
        return conntrackEntries < 0 ? "-" : conntrackEntries + " of " + conntrackEntriesMax + " entries";
    }

    /** Whether new flows will soon be dropped. */
    boolean conntrackIsFull() {
        return conntrackEntriesMax > 0 && conntrackEntries > FULL * conntrackEntriesMax;
    }

    String versions() {
        return "Fairlead " + fairlead + ", table layout " + layout + ", Linux " + kernel + ", Java " + java;
    }

    void write(StructureWriter out) {
        out.member("uptimeSeconds", up.toSeconds())
                .name("memory")
                .beginObject()
                .member("residentBytes", residentBytes)
                .member("heapBytes", heapBytes)
                .member("heapBytesMax", heapBytesMax)
                .endObject()
                .name("conntrack")
                .beginObject()
                .member("entries", conntrackEntries)
                .member("entriesMax", conntrackEntriesMax)
                .endObject()
                .name("versions")
                .beginObject()
                .member("fairlead", fairlead)
                .member("layout", layout)
                .member("kernel", kernel)
                .member("java", java)
                .endObject();
    }
}
