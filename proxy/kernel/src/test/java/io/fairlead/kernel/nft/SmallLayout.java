package io.fairlead.kernel.nft;

import io.fairlead.kernel.nft.NftExpression.Bitwise;
import io.fairlead.kernel.nft.NftExpression.Compare;
import io.fairlead.kernel.nft.NftExpression.Ct;
import io.fairlead.kernel.nft.NftExpression.CtKey;
import io.fairlead.kernel.nft.NftExpression.Dnat;
import io.fairlead.kernel.nft.NftExpression.Header;
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
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A small hand-made service table, to trace and print: a verdict map of services, a map of endpoints by index, a chain
 * per number of endpoints, masquerade by mark, records of affinity, a guard.
 *
 * <p>Confined to the test's thread.
 */
public final class SmallLayout {

    public static final int TCP = 6;
    public static final int AFFINITY_MILLIS = 10_000;

    private static final NftData MASQUERADE = NftData.hostInt(0x4000);
    private static final NftData NOT_MASQUERADE = NftData.hostInt(~0x4000);
    private static final NftData ZERO = NftData.hostInt(0);

    public final NftTable table;
    public final NftSet services;
    public final NftSet endpoints;
    public final NftSet clusterIps;
    public final NftSet affinity;

    private final NftFamily family;
    private final NftType address;
    private final NftTransaction transaction;

    public SmallLayout(NftFamily family) {
        this.family = family;
        this.table = new NftTable(family, "fairlead");
        this.address = family == NftFamily.IP ? NftType.IPV4_ADDR : NftType.IPV6_ADDR;
        this.services = NftSet.verdictMap("services", address, NftType.INET_PROTO, NftType.INET_SERVICE);
        this.endpoints = NftSet.map(
                "endpoints",
                List.of(address, NftType.INET_PROTO, NftType.INET_SERVICE, NftType.MARK),
                address,
                NftType.INET_SERVICE);
        this.clusterIps = NftSet.set("cluster-ips", address);
        this.affinity = NftSet.records("affinity", 2, List.of(address), NftType.MARK);
        this.transaction = new NftTransaction(table, new NftVerdicts());
        frame();
    }

    private void frame() {
        transaction.addTable(true);
        List.of(services, endpoints, clusterIps, affinity).forEach(transaction::addSet);
        transaction
                .addChain(base("prerouting", NftChain.Type.NAT, NftHook.PREROUTING, -101))
                .addChain(base("output", NftChain.Type.NAT, NftHook.OUTPUT, -101))
                .addChain(base("postrouting", NftChain.Type.NAT, NftHook.POSTROUTING, 101))
                .addChain(base("guard", NftChain.Type.FILTER, NftHook.FORWARD, -110))
                .addChain(NftChain.regular("reject"))
                .replaceRules("reject", List.of(rule("", new Reject())))
                .addChain(NftChain.regular("sticky"));
        NftRule dispatch = rule("", frontend(new LookupVerdict("services", 0)));
        transaction.replaceRules("prerouting", List.of(dispatch)).replaceRules("output", List.of(dispatch));
        transaction.replaceRules(
                "postrouting",
                List.of(
                        rule(
                                "",
                                new Meta(MetaKey.MARK, 0),
                                new Bitwise(0, 0, MASQUERADE, ZERO),
                                new Compare(0, false, ZERO),
                                new NftExpression.Verdict(new NftVerdict.Return())),
                        rule(
                                "",
                                new Meta(MetaKey.MARK, 0),
                                new Bitwise(0, 0, NOT_MASQUERADE, ZERO),
                                new MetaSet(MetaKey.MARK, 0),
                                new Masquerade())));
        transaction.replaceRules(
                "guard",
                List.of(rule(
                        "no such port",
                        new Ct(CtKey.STATE, 0),
                        new Bitwise(0, 0, NftData.hostInt(8), ZERO),
                        new Compare(0, true, ZERO),
                        destination(0),
                        new Lookup("cluster-ips", 0, false),
                        new Reject())));
    }

    /** What was added so far, once. */
    public NftTransaction transaction() {
        return transaction;
    }

    /** A service by its own chain or by that of its number of endpoints. */
    public void service(String ip, int port, NftVerdict verdict, String... backends) {
        transaction.addElement(clusterIps, bytes(ip), new byte[0]);
        byte[] number = ByteBuffer.allocate(4)
                .putInt(transaction.verdicts().number(verdict))
                .array();
        transaction.addElement(services, key(ip, port, -1), number);
        for (int i = 0; i < backends.length; i++) {
            transaction.addElement(endpoints, key(ip, port, i), backend(backends[i], 8080));
        }
    }

    /** The chains for services with so many endpoints: {@code n<count>} and {@code masquerade-<count>}. */
    public void chainsFor(int count) {
        String name = "n" + count;
        transaction
                .addChain(NftChain.regular(name))
                .replaceRules(name, List.of(rule("", choose(new RandomNumber(index(), count)))))
                .addChain(NftChain.regular("masquerade-" + count))
                .replaceRules(
                        "masquerade-" + count,
                        List.of(rule(
                                "",
                                new Meta(MetaKey.MARK, 0),
                                new Bitwise(0, 0, NOT_MASQUERADE, MASQUERADE),
                                new MetaSet(MetaKey.MARK, 0),
                                new NftExpression.Verdict(new NftVerdict.Goto(name)))));
    }

    /** Rules of the chain "sticky": the slot in the record if it is still there, else a new one. */
    public void stickyAmong(int count) {
        int source = index() + 1;
        List<NftExpression> known = new ArrayList<>();
        known.add(source(source));
        known.add(new LookupData("affinity", source, index()));
        known.addAll(List.of(choose()));
        List<NftExpression> fresh = new ArrayList<>();
        fresh.add(new RandomNumber(index(), count));
        fresh.add(source(source));
        fresh.add(new UpdateRecord("affinity", source, index(), AFFINITY_MILLIS));
        fresh.addAll(List.of(choose()));
        transaction.replaceRules("sticky", List.of(new NftRule(known, "known"), new NftRule(fresh, "new")));
    }

    /** {@code first}, then dnat by frontend and index. */
    private NftExpression[] choose(NftExpression... first) {
        int target = index() + 1;
        List<NftExpression> rule = new ArrayList<>(List.of(first));
        rule.addAll(List.of(frontend(
                new LookupData("endpoints", 0, target),
                new Dnat(family, target, target + address.paddedLength() / 4))));
        return rule.toArray(NftExpression[]::new);
    }

    /** Loads destination, protocol and port from register 0 on. */
    private NftExpression[] frontend(NftExpression... then) {
        List<NftExpression> rule = new ArrayList<>(List.of(
                destination(0),
                new Meta(MetaKey.L4PROTO, index() - 2),
                new Payload(Header.TRANSPORT, 2, 2, index() - 1)));
        rule.addAll(List.of(then));
        return rule.toArray(NftExpression[]::new);
    }

    /** Register of the index, behind the frontend. */
    private int index() {
        return address.paddedLength() / 4 + 2;
    }

    public NftExpression destination(int register) {
        return family == NftFamily.IP
                ? new Payload(Header.NETWORK, 16, 4, register)
                : new Payload(Header.NETWORK, 24, 16, register);
    }

    public NftExpression source(int register) {
        return family == NftFamily.IP
                ? new Payload(Header.NETWORK, 12, 4, register)
                : new Payload(Header.NETWORK, 8, 16, register);
    }

    public byte[] key(String ip, int port, int index) {
        int length = address.paddedLength() + 8 + (index < 0 ? 0 : 4);
        ByteBuffer key = ByteBuffer.allocate(length).put(bytes(ip));
        key.put(address.paddedLength(), (byte) TCP).putShort(address.paddedLength() + 4, (short) port);
        if (index >= 0) {
            key.order(ByteOrder.nativeOrder()).putInt(length - 4, index);
        }
        return key.array();
    }

    public byte[] backend(String ip, int port) {
        return ByteBuffer.allocate(address.paddedLength() + 4)
                .put(bytes(ip))
                .putShort((short) port)
                .array();
    }

    public static NftChain base(String name, NftChain.Type type, NftHook hook, int priority) {
        return new NftChain(name, new NftChain.Base(type, hook, priority));
    }

    public static NftRule rule(String comment, NftExpression... expressions) {
        return new NftRule(List.of(expressions), comment);
    }

    /** Literal addresses only: nothing is resolved. */
    public static InetAddress ip(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    public static byte[] bytes(String literal) {
        return ip(literal).getAddress();
    }
}
