package io.fairlead.agent.dataplane.nftables;

import io.fairlead.agent.plan.FrontendKey;
import io.fairlead.cluster.model.IpFamily;
import io.fairlead.cluster.model.IpPrefix;
import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftVerdict;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Phrases of nf_tables expressions in the words of {@link Programs}.
 *
 * <p>Immutable.
 */
final class Expressions {

    /** The register of values that are not part of a key; it lies behind the longest key. */
    static final int SCRATCH = 12;

    /** Keeps the packet mark for a moment; no value is in the last register at that time. */
    private static final int SAVED = 15;

    private static final int STATE_NEW = 8;
    private static final int STATUS_DST_NAT = 32;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int ICMPV6 = 58;

    private final Layout layout;
    private final boolean v4;
    private final int width;

    Expressions(Layout layout) {
        this.layout = layout;
        this.v4 = layout.family == IpFamily.IPV4;
        this.width = layout.addressRegisters();
    }

    static List<NftExpression> verdict(NftVerdict verdict) {
        return List.of(new NftExpression.Verdict(verdict));
    }

    /** Offsets of include/uapi/linux/ip.h and ipv6.h. */
    List<NftExpression> source(int register) {
        return List.of(network(v4 ? 12 : 8, register));
    }

    List<NftExpression> destination(int register) {
        return List.of(network(v4 ? 16 : 24, register));
    }

    private NftExpression network(int offset, int register) {
        int length = layout.address.length();
        return new NftExpression.Payload(NftExpression.Header.NETWORK, offset, length, register);
    }

    /** Destination, protocol and port of the packet, from register 0. */
    List<NftExpression> frontend() {
        return List.of(
                network(v4 ? 16 : 24, 0),
                new NftExpression.Meta(NftExpression.MetaKey.L4PROTO, width),
                new NftExpression.Payload(NftExpression.Header.TRANSPORT, 2, 2, width + 1));
    }

    /** As {@link #frontend()}, with the address that stands for every node address. */
    List<NftExpression> nodePortFrontend() {
        return List.of(
                new NftExpression.Immediate(0, NftData.of(new byte[layout.address.length()])),
                new NftExpression.Meta(NftExpression.MetaKey.L4PROTO, width),
                new NftExpression.Payload(NftExpression.Header.TRANSPORT, 2, 2, width + 1));
    }

    List<NftExpression> constantFrontend(FrontendKey key, int register) {
        return List.of(
                new NftExpression.Immediate(register, NftData.of(key.address().toBytes())),
                new NftExpression.Immediate(
                        register + width, NftData.of((byte) key.protocol().number())),
                new NftExpression.Immediate(register + width + 1, NftData.networkShort(key.port())));
    }

    /** The source as the field behind a frontend key. */
    List<NftExpression> maskedSource(int prefixLength) {
        int register = width + 2;
        NftExpression load = network(v4 ? 12 : 8, register);
        if (prefixLength == layout.family.addressBits()) {
            return List.of(load);
        }
        return List.of(load, masked(register, prefixLength));
    }

    List<NftExpression> sourceIn(IpPrefix range) {
        return in(range, source(SCRATCH).getFirst());
    }

    List<NftExpression> destinationIn(IpPrefix range) {
        return in(range, destination(SCRATCH).getFirst());
    }

    private List<NftExpression> in(IpPrefix range, NftExpression load) {
        Compare compare = new Compare(SCRATCH, false, NftData.of(range.address().toBytes()));
        return range.length() == layout.family.addressBits()
                ? List.of(load, compare)
                : List.of(load, masked(SCRATCH, range.length()), compare);
    }

    private NftExpression masked(int register, int prefixLength) {
        byte[] mask = new byte[layout.address.length()];
        for (int bit = 0; bit < prefixLength; bit++) {
            mask[bit / 8] |= (byte) (0x80 >>> bit % 8);
        }
        return new NftExpression.Bitwise(register, register, NftData.of(mask), NftData.of(new byte[mask.length]));
    }

    /**
     * Looks up a number that is the key of a following lookup. The number takes a way through the packet mark, which is
     * as before at the end: {@code nft} 1.0.6 aborts on a rule in which a looked-up value is a key, and nobody on the
     * node could list any table.
     */
    List<NftExpression> lookupKey(NftSet map, int key, int target) {
        NftExpression.MetaKey mark = NftExpression.MetaKey.MARK;
        return List.of(
                new NftExpression.LookupData(map.name(), key, target),
                new NftExpression.Meta(mark, SAVED),
                new NftExpression.MetaSet(mark, target),
                new NftExpression.Meta(mark, target),
                new NftExpression.MetaSet(mark, SAVED));
    }

    List<NftExpression> arrivesOn(String name) {
        byte[] bytes = new byte[NftExpression.MetaKey.IIFNAME.length()];
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, bytes, 0, Math.min(text.length, bytes.length - 1));
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.IIFNAME, SCRATCH),
                new Compare(SCRATCH, false, NftData.of(bytes)));
    }

    List<NftExpression> arrivesOnPrefix(String prefix) {
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.IIFNAME, SCRATCH),
                new Compare(SCRATCH, false, NftData.of(prefix.getBytes(StandardCharsets.UTF_8))));
    }

    List<NftExpression> notFromLoopback() {
        NftExpression loopback = arrivesOn("lo").getLast();
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.IIFNAME, SCRATCH),
                new Compare(SCRATCH, true, ((Compare) loopback).bytes()));
    }

    List<NftExpression> protocolIsTcp() {
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.L4PROTO, SCRATCH),
                new Compare(SCRATCH, false, NftData.of((byte) TCP)));
    }

    List<NftExpression> protocolIsNotIcmp() {
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.L4PROTO, SCRATCH),
                new Compare(SCRATCH, true, NftData.of((byte) (v4 ? ICMP : ICMPV6))));
    }

    List<NftExpression> newConnection() {
        return bits(new NftExpression.Ct(NftExpression.CtKey.STATE, SCRATCH), STATE_NEW);
    }

    List<NftExpression> translated() {
        return bits(new NftExpression.Ct(NftExpression.CtKey.STATUS, SCRATCH), STATUS_DST_NAT);
    }

    List<NftExpression> markIsSet(int mark) {
        return bits(new NftExpression.Meta(NftExpression.MetaKey.MARK, SCRATCH), mark);
    }

    private static List<NftExpression> bits(NftExpression load, int bits) {
        return List.of(
                load,
                new NftExpression.Bitwise(SCRATCH, SCRATCH, NftData.hostInt(bits), NftData.hostInt(0)),
                new Compare(SCRATCH, true, NftData.hostInt(0)));
    }

    List<NftExpression> setMark(int mark) {
        return changeMark(~mark, mark);
    }

    List<NftExpression> clearMark(int mark) {
        return changeMark(~mark, 0);
    }

    private static List<NftExpression> changeMark(int mask, int xor) {
        return List.of(
                new NftExpression.Meta(NftExpression.MetaKey.MARK, SCRATCH),
                new NftExpression.Bitwise(SCRATCH, SCRATCH, NftData.hostInt(mask), NftData.hostInt(xor)),
                new NftExpression.MetaSet(NftExpression.MetaKey.MARK, SCRATCH));
    }
}
