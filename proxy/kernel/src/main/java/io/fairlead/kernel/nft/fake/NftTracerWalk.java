package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.fake.Trace;
import io.fairlead.kernel.fake.TracedBalancer;
import io.fairlead.kernel.fake.TracedNode;
import io.fairlead.kernel.fake.TracedPacket;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftHook;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftVerdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of one packet through the hooks.
 *
 * <p>Guarded by the {@link FakeNftKernel}. Writes records to a side, so that a walk without {@link #keepRecords}
 * leaves no trace.
 */
final class NftTracerWalk {

    /** NF_IP_PRI_CONNTRACK: chains up to here see a packet that conntrack has not seen. */
    private static final int CONNTRACK_PRIORITY = -200;

    /** NF_IP_PRI_NAT_SRC - 1. */
    private static final int BALANCED_AT_INPUT = 99;

    /** NF_IP_PRI_NAT_DST + 2. */
    private static final int BALANCED_AT_OUTPUT = -98;

    private static final int TCP = 6;
    private static final String LOOPBACK = "lo";

    private final NftTracerHooks hooks;
    private final TracedNode node;
    private final TracedBalancer balancer;
    private final NftTracerPacket packet;
    private final long nowMillis;
    private final IntUnaryOperator random;
    private final List<Supplier<String>> matched = new ArrayList<>();
    private final Map<FakeNftSet, Map<NftData, FakeNftElement>> records = new HashMap<>();
    private double probability = 1;

    /** Registers keep their bytes from rule to rule, as in the kernel; the law says that no rule relies on it. */
    private final NftTracerRegisters registers = new NftTracerRegisters();

    private @Nullable NftVerdict verdict;
    private boolean rejected;
    private Runnable keep = () -> {};
    private boolean translatedHere;
    private boolean destinationBound;
    private boolean sourceBound;

    NftTracerWalk(
            NftTracerHooks hooks,
            TracedNode node,
            TracedBalancer balancer,
            TracedPacket packet,
            long nowMillis,
            IntUnaryOperator random) {
        this.hooks = hooks;
        this.node = node;
        this.balancer = balancer;
        this.packet = new NftTracerPacket(packet);
        this.nowMillis = nowMillis;
        this.random = random;
    }

    /** How a chain ended; {@code CONTINUE} means at its end or by return. */
    private enum Fate {
        CONTINUE,
        ACCEPT,
        DROP
    }

    Trace.Outcome run() {
        Fate fate = packet.origin().isSentLocally() ? send() : arrive();
        if (fate == Fate.DROP) {
            return rejected ? new Trace.Rejected() : new Trace.Dropped();
        }
        return new Trace.Delivered(
                packet.destination(), packet.destinationPort(), packet.isTranslated(), packet.isMasqueraded());
    }

    double probability() {
        return probability;
    }

    List<String> matched() {
        return matched.stream().map(Supplier::get).toList();
    }

    /** Writes what {@code update} statements wrote, and what the balancer remembers. */
    void keepRecords() {
        keep.run();
        records.forEach((set, written) -> set.elements().putAll(written));
    }

    private Fate arrive() {
        String in = packet.origin().arrivesOn();
        if (at(NftHook.PREROUTING, in, "") == Fate.DROP) {
            return Fate.DROP;
        }
        if (isLocal(packet.destination())) {
            return atAndBalanced(NftHook.INPUT, in, "", BALANCED_AT_INPUT);
        }
        String out = node.outInterface(packet.destination());
        return at(NftHook.FORWARD, in, out) == Fate.DROP ? Fate.DROP : at(NftHook.POSTROUTING, in, out);
    }

    /** A hook where IPVS takes its packets away from those that come later. */
    private Fate atAndBalanced(NftHook hook, String in, String out, int priority) {
        if (at(hook, in, out, Integer.MIN_VALUE, priority) == Fate.DROP || balance() == Fate.DROP) {
            return Fate.DROP;
        }
        return isSentOn() ? sendBalanced() : at(hook, in, out, priority, Integer.MAX_VALUE);
    }

    /** ip_vs_remote_request4 and ip_vs_local_request4. */
    private Fate balance() {
        InetAddress destination = packet.destination();
        int port = packet.destinationPort();
        Optional<TracedBalancer.Choice> choice = balancer.choose(packet.origin(), destination, port, random);
        keep = () -> choice.ifPresent(made -> balancer.keep(packet.origin(), destination, port, made));
        switch (choice.orElse(null)) {
            case null -> {
                return Fate.ACCEPT;
            }
            case TracedBalancer.Choice.Refused _ -> {
                matched.add(() -> "no real server with a weight");
                rejected = true;
                return Fate.DROP;
            }
            case TracedBalancer.Choice.Server server -> {
                probability /= server.ways();
                matched.add(() -> "real server " + server);
                packet.balance(server.address(), server.port());
                return Fate.ACCEPT;
            }
        }
    }

    /** ip_vs_nat_send_or_cont: what goes to a process of this node goes on as it would have. */
    private boolean isSentOn() {
        return packet.isBalanced() && !isLocal(packet.destination());
    }

    private Fate sendBalanced() {
        String out = node.outInterface(packet.destination());
        return at(NftHook.OUTPUT, "", out) == Fate.DROP ? Fate.DROP : at(NftHook.POSTROUTING, "", out);
    }

    private Fate send() {
        Fate sent = atAndBalanced(NftHook.OUTPUT, "", outInterface(), BALANCED_AT_OUTPUT);
        if (sent == Fate.DROP || isSentOn()) {
            return sent;
        }
        if (at(NftHook.POSTROUTING, "", outInterface()) == Fate.DROP) {
            return Fate.DROP;
        }
        if (!isLocal(packet.destination())) {
            return Fate.ACCEPT;
        }
        packet.confirm();
        // The loopback interface gives the packet back, with its mark and its conntrack entry.
        return at(NftHook.PREROUTING, LOOPBACK, "") == Fate.DROP ? Fate.DROP : at(NftHook.INPUT, LOOPBACK, "");
    }

    /** The route is looked up again when output has translated the packet. */
    private String outInterface() {
        return isLocal(packet.destination()) ? LOOPBACK : node.outInterface(packet.destination());
    }

    private boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || node.isLocal(address);
    }

    private Fate at(NftHook hook, String in, String out) {
        return at(hook, in, out, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** The chains of a hook from a priority on, up to another one. */
    private Fate at(NftHook hook, String in, String out, int from, int to) {
        packet.setInterfaces(in, out);
        boolean early = hook == NftHook.PREROUTING || hook == NftHook.OUTPUT;
        for (NftTracerHooks.Stop stop : hooks.at(hook)) {
            if (stop.priority() < from || stop.priority() >= to) {
                continue;
            }
            if (!early || stop.priority() > CONNTRACK_PRIORITY) {
                packet.track();
            }
            Fate fate = stop.nat() ? nat(stop, early) : base(stop.chains().getFirst());
            if (fate == Fate.DROP) {
                return fate;
            }
        }
        packet.track();
        return Fate.ACCEPT;
    }

    /** nf_nat_inet_fn: each direction is bound once per connection, by the first chain that does it or to itself. */
    private Fate nat(NftTracerHooks.Stop stop, boolean destination) {
        if (destination ? destinationBound : sourceBound) {
            return Fate.ACCEPT;
        }
        translatedHere = false;
        for (NftTracerHooks.BaseChain chain : stop.chains()) {
            if (base(chain) == Fate.DROP) {
                return Fate.DROP;
            }
            if (translatedHere) {
                break;
            }
        }
        if (destination) {
            destinationBound = true;
            packet.addStatus(NftTracerPacket.STATUS_DST_NAT_DONE);
        } else {
            sourceBound = true;
            packet.addStatus(NftTracerPacket.STATUS_SRC_NAT_DONE);
        }
        return Fate.ACCEPT;
    }

    private Fate base(NftTracerHooks.BaseChain base) {
        Fate fate = chain(base.table(), base.chain());
        return fate == Fate.CONTINUE ? Fate.ACCEPT : fate;
    }

    private Fate chain(FakeNftTable table, FakeNftChain chain) {
        for (NftRule rule : chain.rules()) {
            NftVerdict said = rule(table, chain, rule);
            switch (said) {
                case null -> {
                    // The next rule.
                }
                case NftVerdict.Accept _ -> {
                    return Fate.ACCEPT;
                }
                case NftVerdict.Drop _ -> {
                    return Fate.DROP;
                }
                case NftVerdict.Return _ -> {
                    return Fate.CONTINUE;
                }
                case NftVerdict.Goto(String target) -> {
                    return chain(table, table.referredChain(target));
                }
                case NftVerdict.Jump(String target) -> {
                    Fate fate = chain(table, table.referredChain(target));
                    if (fate != Fate.CONTINUE) {
                        return fate;
                    }
                }
            }
        }
        return Fate.CONTINUE;
    }

    /** What a rule says; null if it does not match, or matches and says nothing. */
    private @Nullable NftVerdict rule(FakeNftTable table, FakeNftChain chain, NftRule rule) {
        int before = matched.size();
        verdict = null;
        for (NftExpression expression : rule.expressions()) {
            if (!matches(table, expression)) {
                matched.subList(before, matched.size()).clear();
                return null;
            }
            if (verdict != null) {
                break;
            }
        }
        matched.add(before, () -> chain.name() + ": " + NftPrinterRule.print(table.sets(), rule));
        return verdict;
    }

    /** Evaluates an expression; false ends the rule (NFT_BREAK). */
    private boolean matches(FakeNftTable table, NftExpression expression) {
        switch (expression) {
            case NftExpression.Payload payload -> registers.store(payload.register(), packet.payload(payload));
            case NftExpression.Meta meta -> registers.store(meta.register(), packet.meta(meta.key()));
            case NftExpression.MetaSet set -> packet.setMark(registers.load(set.register(), Integer.BYTES), set.key());
            case NftExpression.Ct ct -> {
                byte[] value = packet.conntrack(ct.key());
                if (value.length == 0) {
                    return false;
                }
                registers.store(ct.register(), value);
            }
            case NftExpression.Compare compare -> {
                NftData actual =
                        registers.data(compare.register(), compare.bytes().length());
                return actual.equals(compare.bytes()) != compare.negated();
            }
            case NftExpression.Bitwise bitwise -> bitwise(bitwise);
            case NftExpression.Lookup lookup -> {
                return (find(table, lookup.set(), lookup.key()) != null) != lookup.negated();
            }
            case NftExpression.LookupData lookup -> {
                FakeNftElement element = find(table, lookup.map(), lookup.key());
                if (element == null) {
                    return false;
                }
                registers.store(lookup.target(), element.value().toBytes());
            }
            case NftExpression.LookupVerdict lookup -> {
                FakeNftElement element = find(table, lookup.map(), lookup.key());
                verdict = element == null ? null : element.verdict();
                return element != null;
            }
            case NftExpression.Immediate immediate ->
                registers.store(immediate.register(), immediate.bytes().toBytes());
            case NftExpression.Verdict(NftVerdict said) -> verdict = said;
            case NftExpression.RandomNumber number -> {
                probability /= number.modulus();
                registers.storeHostInt(number.register(), random.applyAsInt(number.modulus()));
            }
            case NftExpression.FibSourceType fib -> registers.storeHostInt(fib.register(), sourceType());
            case NftExpression.Dnat dnat -> dnat(dnat);
            case NftExpression.Masquerade _ -> {
                packet.masquerade(node.masqueradeAddress(packet.destination()));
                translatedHere = true;
                verdict = new NftVerdict.Accept();
            }
            case NftExpression.Reject(boolean tcpReset) -> {
                // nf_send_reset answers TCP only; the packet is dropped all the same.
                rejected = !tcpReset || packet.origin().protocol() == TCP;
                verdict = new NftVerdict.Drop();
            }
            case NftExpression.UpdateRecord update -> {
                return update(table, update);
            }
            case NftExpression.DeleteRecord delete -> delete(table, delete);
        }
        return true;
    }

    private void bitwise(NftExpression.Bitwise bitwise) {
        byte[] mask = bitwise.mask().toBytes();
        byte[] xor = bitwise.xor().toBytes();
        byte[] value = registers.load(bitwise.source(), mask.length);
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (value[i] & mask[i] ^ xor[i]);
        }
        registers.store(bitwise.target(), value);
    }

    private void dnat(NftExpression.Dnat dnat) {
        byte[] address = registers.load(dnat.address(), dnat.family() == NftFamily.IP ? 4 : 16);
        int port = ByteBuffer.wrap(registers.load(dnat.port(), Short.BYTES)).getShort() & 0xffff;
        try {
            packet.translate(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
        translatedHere = true;
        verdict = new NftVerdict.Accept();
    }

    /** RTN_* of the source address. */
    private int sourceType() {
        InetAddress source = packet.source();
        if (isLocal(source)) {
            return 2;
        }
        return source.isMulticastAddress() ? 5 : 1;
    }

    private @Nullable FakeNftElement find(FakeNftTable table, String name, int register) {
        FakeNftSet set = table.referredSet(name);
        NftSet declaration = set.declaration();
        NftData key = registers.data(register, declaration.keyLength());
        FakeNftElement element = find(set, key);
        if (element != null) {
            String value = NftPrinter.value(declaration, element);
            matched.add(() -> name + ": " + NftPrinterField.decode(declaration.key(), key)
                    + (value.isEmpty() ? "" : " -> " + value));
        }
        return element;
    }

    private @Nullable FakeNftElement find(FakeNftSet set, NftData key) {
        FakeNftElement written = records.getOrDefault(set, Map.of()).get(key);
        if (written == null) {
            return set.find(key, nowMillis);
        }
        return written.isExpired(nowMillis) ? null : written;
    }

    /** nft_dynset_eval: a record that exists is refreshed but keeps its value. */
    private boolean update(FakeNftTable table, NftExpression.UpdateRecord update) {
        FakeNftSet map = table.referredSet(update.map());
        NftSet declaration = map.declaration();
        NftData key = registers.data(update.key(), declaration.keyLength());
        Map<NftData, FakeNftElement> written = records.computeIfAbsent(map, set -> new HashMap<>());
        FakeNftElement existing = find(map, key);
        if (existing == null && map.isFull(countNew(map, written), nowMillis)) {
            return false;
        }
        NftData data = existing == null ? registers.data(update.data(), declaration.dataLength()) : existing.value();
        if (existing == null || existing.timeoutMillis() > 0) {
            written.put(key, FakeNftElement.record(data, update.timeoutMillis(), nowMillis));
        }
        matched.add(() -> update.map() + ": " + NftPrinterField.decode(declaration.key(), key) + " -> "
                + NftPrinterField.decode(declaration.data(), data) + (existing == null ? " written" : " refreshed"));
        return true;
    }

    /** What was deleted is kept as a record that has expired. */
    private void delete(FakeNftTable table, NftExpression.DeleteRecord delete) {
        FakeNftSet map = table.referredSet(delete.map());
        NftData key = registers.data(delete.key(), map.declaration().keyLength());
        FakeNftElement existing = find(map, key);
        if (existing != null) {
            records.computeIfAbsent(map, set -> new HashMap<>())
                    .put(key, FakeNftElement.record(existing.value(), 0, nowMillis));
        }
    }

    private int countNew(FakeNftSet map, Map<NftData, FakeNftElement> written) {
        int count = 0;
        for (NftData key : written.keySet()) {
            count += map.elements().containsKey(key) ? 0 : 1;
        }
        return count;
    }
}
