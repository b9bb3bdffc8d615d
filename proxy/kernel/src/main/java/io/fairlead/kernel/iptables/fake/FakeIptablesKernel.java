package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.fake.Faults.Call;
import io.fairlead.kernel.fake.Faults.Fault;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The iptables of one pretended network namespace, both families; {@link #open} gives tools for one of them.
 *
 * <p>Thread-safe: everything is done under the lock of this object, as the tools have one lock.
 */
public final class FakeIptablesKernel {

    private final InstantSource clock;
    private final Map<Boolean, Map<String, FakeTable>> tables = new HashMap<>();
    /** When a source was noted, by list. */
    private final Map<String, Map<InetAddress, Long>> noted = new HashMap<>();

    private Faults faults = Faults.NONE;
    private Fault next = Fault.NONE;
    private Predicate<String> refused = line -> false;
    private long applies;
    private long reads;

    /** @param clock by which notes of clients expire */
    public FakeIptablesKernel(InstantSource clock) {
        this.clock = clock;
    }

    /** Tools of one family. */
    public FakeIptables open(boolean ipv6) {
        return new FakeIptables(this, ipv6);
    }

    /** The tables of one family as {@code iptables-save} prints them. */
    public synchronized String print(boolean ipv6) {
        StringBuilder text = new StringBuilder();
        for (FakeTable table : tables(ipv6).values()) {
            table.print(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    /** Lets calls fail from now on. */
    public synchronized void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** Lets transactions with such a line fail at it from now on, as if the kernel lacked what it asks for. */
    public synchronized void refuse(Predicate<String> line) {
        refused = line;
    }

    boolean refuses(String line) {
        return refused.test(line);
    }

    /** Lets the next call fail, whatever it is. */
    public synchronized void failNext(int errno) {
        next = Fault.of(errno);
    }

    Map<String, FakeTable> tables(boolean ipv6) {
        return tables.computeIfAbsent(ipv6, _ -> new TreeMap<>());
    }

    long nowMillis() {
        return clock.millis();
    }

    /** Who was noted when, by list. */
    Map<String, Map<InetAddress, Long>> noted() {
        return noted;
    }

    /** A list goes with the last rule that names it (recent_mt_destroy of net/netfilter/xt_recent.c). */
    void forgetUnusedLists() {
        Set<String> used = new HashSet<>();
        for (Map<String, FakeTable> family : tables.values()) {
            family.values().forEach(table -> table.addLists(used));
        }
        noted.keySet().retainAll(used);
    }

    Fault countApply() {
        return fault(Call.APPLY, ++applies);
    }

    Fault countRead() {
        return fault(Call.READ, ++reads);
    }

    private Fault fault(Call call, long number) {
        Fault single = next;
        next = Fault.NONE;
        return single.fails() ? single : faults.fault(call, number);
    }
}
