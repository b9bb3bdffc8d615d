package io.fairlead.kernel.nft;

import static io.fairlead.kernel.nft.NftExpression.Header.NETWORK;
import static io.fairlead.kernel.nft.NftExpression.Header.TRANSPORT;

import io.fairlead.kernel.nft.NftExpression.Bitwise;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.Ct;
import io.fairlead.kernel.nft.NftExpression.CtKey;
import io.fairlead.kernel.nft.NftExpression.Dnat;
import io.fairlead.kernel.nft.NftExpression.FibSourceType;
import io.fairlead.kernel.nft.NftExpression.Immediate;
import io.fairlead.kernel.nft.NftExpression.Lookup;
import io.fairlead.kernel.nft.NftExpression.LookupData;
import io.fairlead.kernel.nft.NftExpression.LookupVerdict;
import io.fairlead.kernel.nft.NftExpression.Masquerade;
import io.fairlead.kernel.nft.NftExpression.Meta;
import io.fairlead.kernel.nft.NftExpression.MetaKey;
import io.fairlead.kernel.nft.NftExpression.MetaSet;
import io.fairlead.kernel.nft.NftExpression.Payload;
import io.fairlead.kernel.nft.NftExpression.RandomNumber;
import io.fairlead.kernel.nft.NftExpression.Reject;
import io.fairlead.kernel.nft.NftExpression.UpdateRecord;
import io.fairlead.kernel.nft.NftExpression.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of one family that uses every expression, every kind of set and every kind of chain.
 *
 * <p>Confined to the test's thread.
 */
public final class EveryRule {

    public final NftTable table;
    public final NftVerdicts verdicts = new NftVerdicts();
    public final NftSet services;
    public final NftSet endpoints;
    public final NftSet shapes;
    public final NftSet local;
    public final NftSet ranges;
    public final NftSet records;
    public final NftSet protocols;
    public final List<NftSet> sets;
    public final List<NftChain> chains;

    private final NftFamily family;
    /** Registers of an address. */
    private final int wide;
    /** The registers behind address, protocol and port. */
    private final int fourth;

    public EveryRule(NftFamily family, String name) {
        this.family = family;
        this.table = new NftTable(family, name);
        NftType address = family == NftFamily.IP ? NftType.IPV4_ADDR : NftType.IPV6_ADDR;
        wide = address.length() / 4;
        fourth = wide + 2;
        services = NftSet.verdictMap("services", address, NftType.INET_PROTO, NftType.INET_SERVICE);
        endpoints = NftSet.map(
                "endpoints",
                List.of(address, NftType.INET_PROTO, NftType.INET_SERVICE, NftType.MARK),
                address,
                NftType.INET_SERVICE);
        shapes = NftSet.map("shapes", List.of(address, NftType.INET_PROTO, NftType.INET_SERVICE), NftType.MARK);
        local = NftSet.set("local", address);
        ranges = NftSet.set("ranges", address, NftType.INET_PROTO, NftType.INET_SERVICE, address);
        records = NftSet.records("records", 1000, List.of(address, NftType.MARK), NftType.MARK);
        protocols = NftSet.map("protocols", List.of(NftType.INET_PROTO), NftType.INET_SERVICE);
        sets = List.of(services, endpoints, shapes, local, ranges, records, protocols, verdictByMark());
        chains = List.of(
                new NftChain("nat-prerouting", new NftChain.Base(NftChain.Type.NAT, NftHook.PREROUTING, -101)),
                new NftChain("nat-output", new NftChain.Base(NftChain.Type.NAT, NftHook.OUTPUT, -101)),
                new NftChain("nat-postrouting", new NftChain.Base(NftChain.Type.NAT, NftHook.POSTROUTING, 99)),
                new NftChain("filter-forward", new NftChain.Base(NftChain.Type.FILTER, NftHook.FORWARD, 0)),
                new NftChain("filter-input", new NftChain.Base(NftChain.Type.FILTER, NftHook.INPUT, -110)),
                NftChain.regular("services"),
                NftChain.regular("endpoints-5"),
                NftChain.regular("slots"),
                NftChain.regular("reject"));
    }

    public NftSet verdictByMark() {
        return NftSet.verdictMap("by-mark", NftType.MARK);
    }

    /** Rules by chain, each rule with a comment. */
    public List<NftOperation.ReplaceRules> rules() {
        return List.of(
                replace("nat-prerouting", rule("to services", new Verdict(new NftVerdict.Jump("services")))),
                replace("nat-output", rule("to services", new Verdict(new NftVerdict.Jump("services")))),
                replace("services", byVerdict(), byMark(), sourceRange(), constantKey(), fromLocal()),
                replace("endpoints-5", random()),
                replace("slots", remember(), recall()),
                replace("reject", rule("answer", new Reject())),
                replace("nat-postrouting", masquerade()),
                replace("filter-forward", guard(), negated()),
                replace("filter-input", loopback(), rule("", new Verdict(new NftVerdict.Return()))));
    }

    /** Adds all of it, in the order that the kernel needs. */
    public NftTransaction create(boolean owned) {
        NftTransaction transaction = new NftTransaction(table, verdicts).addTable(owned);
        sets.forEach(transaction::addSet);
        chains.forEach(transaction::addChain);
        rules().forEach(replace -> transaction.replaceRules(replace.chain(), replace.rules()));
        return transaction;
    }

    private static NftOperation.ReplaceRules replace(String chain, NftRule... rules) {
        return new NftOperation.ReplaceRules(chain, List.of(rules));
    }

    public static NftRule rule(String comment, NftExpression... expressions) {
        return new NftRule(List.of(expressions), comment);
    }

    private Payload destination(int register) {
        return family == NftFamily.IP ? new Payload(NETWORK, 16, 4, register) : new Payload(NETWORK, 24, 16, register);
    }

    private Payload source(int register) {
        return family == NftFamily.IP ? new Payload(NETWORK, 12, 4, register) : new Payload(NETWORK, 8, 16, register);
    }

    /** Address, protocol and port into the registers from 0 on. */
    private List<NftExpression> key(NftExpression... behind) {
        List<NftExpression> key = new ArrayList<>(
                List.of(destination(0), new Meta(MetaKey.L4PROTO, wide), new Payload(TRANSPORT, 2, 2, wide + 1)));
        key.addAll(Arrays.asList(behind));
        return key;
    }

    private NftRule byVerdict() {
        return new NftRule(key(new LookupVerdict("services", 0)), "verdict by service");
    }

    private NftRule byMark() {
        List<NftExpression> expressions = key(new LookupData("shapes", 0, 0));
        expressions.addAll(throughMark(0));
        expressions.add(new LookupVerdict("by-mark", 0));
        return new NftRule(expressions, "verdict by number");
    }

    /**
     * Takes the value of a map through the packet's mark and gives the packet its own mark back: nft 1.0.6 cannot print
     * a key that contains the value of a map (it does not know its length) and aborts, but it can print a mark.
     */
    private static List<NftExpression> throughMark(int register) {
        return List.of(
                new Meta(MetaKey.MARK, 15),
                new MetaSet(MetaKey.MARK, register),
                new Meta(MetaKey.MARK, register),
                new MetaSet(MetaKey.MARK, 15));
    }

    private NftRule sourceRange() {
        byte[] mask = new byte[4 * wide];
        Arrays.fill(mask, 0, mask.length / 2, (byte) 0xff);
        return new NftRule(
                key(
                        source(fourth),
                        new Bitwise(fourth, fourth, NftData.of(mask), NftData.of(new byte[mask.length])),
                        new Lookup("ranges", 0, false),
                        new Verdict(new NftVerdict.Goto("endpoints-5"))),
                "source range");
    }

    private NftRule constantKey() {
        return rule(
                "constant key",
                new Immediate(0, NftData.of(new byte[4 * wide])),
                new Meta(MetaKey.L4PROTO, wide),
                new Payload(TRANSPORT, 2, 2, wide + 1),
                new LookupVerdict("services", 0));
    }

    private NftRule fromLocal() {
        return rule(
                "own addresses",
                new FibSourceType(0),
                new Compare(0, false, NftData.hostInt(2)),
                destination(0),
                new Lookup("local", 0, false),
                new Immediate(0, NftData.hostInt(0x4000)),
                new MetaSet(MetaKey.MARK, 0),
                new Verdict(new NftVerdict.Goto("slots")));
    }

    private NftRule random() {
        return new NftRule(
                key(new RandomNumber(fourth, 5), new LookupData("endpoints", 0, 0), new Dnat(family, 0, wide)),
                "one of five");
    }

    private NftRule remember() {
        return rule(
                "remember",
                source(0),
                new Immediate(wide, NftData.hostInt(7)),
                new RandomNumber(wide + 1, 5),
                new UpdateRecord("records", 0, wide + 1, 10_800_000));
    }

    private NftRule recall() {
        List<NftExpression> expressions = new ArrayList<>(
                List.of(source(0), new Immediate(wide, NftData.hostInt(7)), new LookupData("records", 0, fourth)));
        expressions.addAll(throughMark(fourth));
        expressions.addAll(key(new LookupData("endpoints", 0, 0), new Dnat(family, 0, wide)));
        return new NftRule(expressions, "recall");
    }

    private NftRule masquerade() {
        return rule(
                "masquerade",
                new Meta(MetaKey.MARK, 0),
                new Bitwise(0, 0, NftData.hostInt(0x4000), NftData.hostInt(0)),
                new Compare(0, false, NftData.hostInt(0x4000)),
                new Meta(MetaKey.MARK, 0),
                new Bitwise(0, 0, NftData.hostInt(~0x4000), NftData.hostInt(0)),
                new MetaSet(MetaKey.MARK, 0),
                new Masquerade());
    }

    private NftRule guard() {
        return rule(
                "guard",
                new Ct(CtKey.STATE, 0),
                new Bitwise(0, 0, NftData.hostInt(8), NftData.hostInt(0)),
                new Compare(0, true, NftData.hostInt(0)),
                new Ct(CtKey.STATUS, 0),
                new Bitwise(0, 0, NftData.hostInt(32), NftData.hostInt(0)),
                new Compare(0, false, NftData.hostInt(0)),
                destination(0),
                new Lookup("local", 0, false),
                new Verdict(new NftVerdict.Drop()));
    }

    private NftRule negated() {
        return rule(
                "not ours",
                destination(0),
                new Lookup("local", 0, true),
                new Meta(MetaKey.OIFNAME, 0),
                new Compare(0, true, NftData.of(Arrays.copyOf(new byte[] {'l', 'o'}, 16))),
                new Verdict(new NftVerdict.Accept()));
    }

    private NftRule loopback() {
        return rule(
                "protect loopback",
                new Meta(MetaKey.IIFNAME, 0),
                new Compare(0, true, NftData.of(Arrays.copyOf(new byte[] {'l', 'o'}, 16))),
                new Meta(MetaKey.L4PROTO, 0),
                new Compare(0, false, NftData.of((byte) 6)),
                new Payload(TRANSPORT, 2, 2, 0),
                new Compare(0, false, NftData.networkShort(80)),
                new Verdict(new NftVerdict.Drop()));
    }
}
