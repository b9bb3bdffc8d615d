package io.fairlead.kernel.nft.fake;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftExpression;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftRule;
import io.fairlead.kernel.nft.NftSet;
import io.fairlead.kernel.nft.NftType;
import io.fairlead.kernel.nft.NftVerdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule as text: follows what each register holds, since {@code nft} writes no registers.
 *
 * <p>Confined to the thread that prints.
 */
final class NftPrinterRule {

    private static final int REGISTER_BYTES = 4;
    private static final int REGISTERS = 16;

    private final Map<String, FakeNftSet> sets;
    private final @Nullable Value[] registers = new Value[REGISTERS];
    private final List<String> statements = new ArrayList<>();

    private NftPrinterRule(Map<String, FakeNftSet> sets) {
        this.sets = sets;
    }

    /** @param sets of the rule's table */
    static String print(Map<String, FakeNftSet> sets, NftRule rule) {
        NftPrinterRule printer = new NftPrinterRule(sets);
        rule.expressions().forEach(printer::print);
        if (!rule.comment().isEmpty()) {
            printer.statements.add("comment \"" + rule.comment().replace('"', '\'') + '"');
        }
        return String.join(" ", printer.statements);
    }

    /**
     * What a register holds.
     *
     * @param constant the bytes if they are known; then {@code text} does not count
     * @param source the look-up that filled this register and others, empty if it was none
     */
    private record Value(
            String text, NftPrinterField field, @Nullable NftData constant, String source) {

        static Value of(String text, NftPrinterField field) {
            return new Value(text, field, null, "");
        }

        String as(NftPrinterField wanted, int length) {
            if (constant == null) {
                return text;
            }
            return wanted.decode(Arrays.copyOf(constant.toBytes(), Math.min(length, constant.length())));
        }
    }

    private void print(NftExpression expression) {
        switch (expression) {
            case NftExpression.Payload payload -> registers[payload.register()] = payload(payload);
            case NftExpression.Meta(NftExpression.MetaKey key, int register) -> registers[register] = meta(key);
            case NftExpression.MetaSet(NftExpression.MetaKey key, int register) ->
                statements.add(
                        metaName(key) + " set " + text(register, meta(key).field(), key.length()));
            case NftExpression.Ct(NftExpression.CtKey key, int register) ->
                registers[register] = switch (key) {
                    case STATE -> Value.of("ct state", NftPrinterField.CT_STATE);
                    case STATUS -> Value.of("ct status", NftPrinterField.CT_STATUS);
                };
            case NftExpression.Compare compare -> compare(compare);
            case NftExpression.Bitwise bitwise -> registers[bitwise.target()] = bitwise(bitwise);
            case NftExpression.Lookup lookup ->
                statements.add(key(lookup.set(), lookup.key()) + (lookup.negated() ? " != @" : " @") + lookup.set());
            case NftExpression.LookupData lookup -> lookupData(lookup);
            case NftExpression.LookupVerdict lookup ->
                statements.add(key(lookup.map(), lookup.key()) + " vmap @" + lookup.map());
            case NftExpression.Immediate immediate -> immediate(immediate);
            case NftExpression.Verdict(NftVerdict verdict) -> statements.add(verdict.toString());
            case NftExpression.RandomNumber random ->
                registers[random.register()] =
                        Value.of("numgen random mod " + random.modulus(), NftPrinterField.NUMBER);
            case NftExpression.FibSourceType fib ->
                registers[fib.register()] = Value.of("fib saddr type", NftPrinterField.ADDRESS_TYPE);
            case NftExpression.Dnat dnat -> dnat(dnat);
            case NftExpression.Masquerade _ -> statements.add("masquerade fully-random");
            case NftExpression.Reject(boolean tcpReset) ->
                statements.add(tcpReset ? "reject with tcp reset" : "reject");
            case NftExpression.UpdateRecord update ->
                statements.add("update @" + update.map() + " { " + key(update.map(), update.key()) + " timeout "
                        + update.timeoutMillis() / 1000 + "s : " + data(update.map(), update.data()) + " }");
            case NftExpression.DeleteRecord delete ->
                statements.add("delete @" + delete.map() + " { " + key(delete.map(), delete.key()) + " }");
        }
    }

    private static Value payload(NftExpression.Payload payload) {
        int offset = payload.offset();
        int length = payload.length();
        if (payload.header() == NftExpression.Header.TRANSPORT) {
            return switch (offset) {
                case 0 -> Value.of("th sport", NftPrinterField.PORT);
                case 2 -> Value.of("th dport", NftPrinterField.PORT);
                default -> Value.of("@th," + offset * 8 + "," + length * 8, NftPrinterField.UNKNOWN);
            };
        }
        return switch (offset * 100 + length) {
            case 1204 -> Value.of("ip saddr", NftPrinterField.ADDRESS);
            case 1604 -> Value.of("ip daddr", NftPrinterField.ADDRESS);
            case 816 -> Value.of("ip6 saddr", NftPrinterField.ADDRESS);
            case 2416 -> Value.of("ip6 daddr", NftPrinterField.ADDRESS);
            default -> Value.of("@nh," + offset * 8 + "," + length * 8, NftPrinterField.UNKNOWN);
        };
    }

    private static Value meta(NftExpression.MetaKey key) {
        NftPrinterField field = switch (key) {
            case MARK -> NftPrinterField.BITS;
            case IIFNAME, OIFNAME -> NftPrinterField.INTERFACE;
            case L4PROTO -> NftPrinterField.PROTOCOL;
        };
        return Value.of(metaName(key), field);
    }

    private static String metaName(NftExpression.MetaKey key) {
        return switch (key) {
            case MARK -> "meta mark";
            case IIFNAME -> "iifname";
            case OIFNAME -> "oifname";
            case L4PROTO -> "meta l4proto";
        };
    }

    private void compare(NftExpression.Compare compare) {
        Value value = value(compare.register());
        String operator = compare.negated() ? " != " : value.text().contains("&") ? " == " : " ";
        statements.add(
                value.text() + operator + value.field().decode(compare.bytes().toBytes()));
    }

    private Value bitwise(NftExpression.Bitwise bitwise) {
        Value source = value(bitwise.source());
        byte[] mask = bitwise.mask().toBytes();
        byte[] xor = bitwise.xor().toBytes();
        byte[] opposite = new byte[mask.length];
        for (int i = 0; i < mask.length; i++) {
            opposite[i] = (byte) ~mask[i];
        }
        NftPrinterField field = source.field();
        String text;
        if (Arrays.equals(opposite, xor)) {
            text = source.text() + " | " + field.decode(xor);
        } else if (Arrays.equals(xor, new byte[xor.length])) {
            text = source.text() + " & " + field.decode(mask);
        } else {
            text = "(" + source.text() + " & " + field.decode(mask) + ") ^ " + field.decode(xor);
        }
        return Value.of(text, field);
    }

    private void immediate(NftExpression.Immediate immediate) {
        byte[] bytes = immediate.bytes().toBytes();
        for (int offset = 0; offset < bytes.length; offset += REGISTER_BYTES) {
            NftData rest = NftData.of(Arrays.copyOfRange(bytes, offset, bytes.length));
            registers[immediate.register() + offset / REGISTER_BYTES] =
                    new Value(rest.toString(), NftPrinterField.UNKNOWN, rest, "");
        }
    }

    private void lookupData(NftExpression.LookupData lookup) {
        String text = key(lookup.map(), lookup.key()) + " map @" + lookup.map();
        int register = lookup.target();
        for (NftType type : set(lookup.map()).data()) {
            registers[register] = new Value(text, NftPrinterField.of(type), null, text);
            register += type.paddedLength() / REGISTER_BYTES;
        }
    }

    private void dnat(NftExpression.Dnat dnat) {
        Value address = value(dnat.address());
        Value port = value(dnat.port());
        boolean together = !address.source().isEmpty() && address.source().equals(port.source());
        String target = address.as(NftPrinterField.ADDRESS, dnat.family() == NftFamily.IP ? 4 : 16);
        statements.add(together ? "dnat to " + target : "dnat to " + target + " : " + port.as(NftPrinterField.PORT, 2));
    }

    private String key(String set, int register) {
        return fields(set(set).key(), register);
    }

    private String data(String map, int register) {
        return fields(set(map).data(), register);
    }

    /** The registers of a concatenation, as what fills them. */
    private String fields(List<NftType> types, int first) {
        List<String> texts = new ArrayList<>();
        int register = first;
        for (NftType type : types) {
            texts.add(text(register, NftPrinterField.of(type), type.length()));
            register += type.paddedLength() / REGISTER_BYTES;
        }
        return String.join(" . ", texts);
    }

    private String text(int register, NftPrinterField field, int length) {
        return value(register).as(field, length);
    }

    private Value value(int register) {
        Value value = registers[register];
        return value == null ? Value.of("reg " + register, NftPrinterField.UNKNOWN) : value;
    }

    private NftSet set(String name) {
        FakeNftSet set = sets.get(name);
        if (set == null) {
            throw new IllegalStateException("no set " + name);
        }
        return set.declaration();
    }
}
