package io.fairlead.ingress.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Fields to take out of a head and lines to add, prepared once for all the heads of a route.
 *
 * <p>Immutable.
 */
public final class HeadEdits {

    public static final HeadEdits NONE = new HeadEdits(List.of(), List.of());

    private final long known;
    private final byte[][] others;
    private final byte[] lines;

    /** @param drop names of fields that do not go on, in any case */
    public HeadEdits(List<String> drop, List<FieldLine> add) {
        long set = 0;
        List<byte[]> names = new ArrayList<>();
        for (String each : drop) {
            byte[] name = each.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            KnownField field = KnownField.of(name, 0, name.length);
            if (field == KnownField.OTHER) {
                names.add(name);
            } else {
                set |= field.bit();
            }
        }
        known = set;
        others = names.toArray(new byte[0][]);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        add.forEach(line -> all.writeBytes(line.bytes()));
        lines = all.toByteArray();
    }

    /** The fields to drop that are known, as {@link KnownField#set}. */
    public long known() {
        return known;
    }

    /** Hot path: drops the fields that are not known ones; those go by {@link ForwardedHead#fields}. */
    public void dropOthers(HeadFields fields) {
        for (byte[] name : others) {
            for (int i = 0; i < fields.count(); i++) {
                if (HttpBytes.is(fields.text(), fields.nameFrom(i), fields.nameTo(i), name)) {
                    fields.drop(i);
                }
            }
        }
    }

    /** Hot path: writes the lines that are added. */
    public void writeLines(ByteBuf out) {
        out.writeBytes(lines);
    }
}
