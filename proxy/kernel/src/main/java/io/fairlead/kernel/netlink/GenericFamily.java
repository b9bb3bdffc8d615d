package io.fairlead.kernel.netlink;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.Optional;

/**
 * A family of generic netlink (include/uapi/linux/genetlink.h): it has a name, and each kernel gives it a number, by
 * which its messages are then addressed.
 *
 * <p>Immutable.
 *
 * @param number the type of its messages
 * @param version of its messages, for {@link #begin}
 */
public record GenericFamily(int number, int version) {

    /** Bytes of struct genlmsghdr, in front of the attributes of every message. */
    public static final int HEADER_BYTES = 4;

    /** GENL_ID_CTRL: the family that knows all others. */
    private static final int CONTROLLER = 0x10;

    private static final int CTRL_VERSION = 1;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final int CTRL_ATTR_VERSION = 3;

    /** The family of a name; asking makes the kernel load its module, if there is one. Empty if the kernel lacks it. */
    public static Optional<GenericFamily> find(NetlinkClient client, String name) {
        GenericFamily controller = new GenericFamily(CONTROLLER, CTRL_VERSION);
        controller.begin(client, CTRL_CMD_GETFAMILY, 0).putText(CTRL_ATTR_FAMILY_NAME, name);
        GenericFamily[] found = new GenericFamily[1];
        try {
            client.ask("find", "generic netlink family " + name, message -> {
                if (message.type() == CONTROLLER) {
                    found[0] = decode(message);
                }
            });
        } catch (KernelException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return Optional.ofNullable(found[0]);
    }

    /** Decodes CTRL_CMD_NEWFAMILY. */
    static GenericFamily decode(NetlinkMessage message) {
        int number = 0;
        int version = 0;
        NetlinkAttributes attributes = new NetlinkAttributes();
        message.attributes(HEADER_BYTES, attributes);
        while (attributes.next()) {
            switch (attributes.type()) {
                case CTRL_ATTR_FAMILY_ID -> number = attributes.shortValue();
                case CTRL_ATTR_VERSION -> version = attributes.intValue();
                default -> {}
            }
        }
        // Smaller ones are messages of netlink itself.
        if (number < CONTROLLER) {
            throw NetlinkMessage.malformed("generic netlink family with number " + number);
        }
        return new GenericFamily(number, version);
    }

    /** As {@link NetlinkClient#begin}, for a command of this family; attributes follow. */
    public NetlinkWriter begin(NetlinkClient client, int command, int flags) {
        return header(client.begin(number, flags), command);
    }

    /** As {@link NetlinkClient#beginAnother}, for a command of this family; attributes follow. */
    public NetlinkWriter beginAnother(NetlinkClient client, int command, int flags) {
        return header(client.beginAnother(number, flags), command);
    }

    /** struct genlmsghdr: command, version, and two bytes that nobody uses. */
    private NetlinkWriter header(NetlinkWriter writer, int command) {
        writer.fixedByte(command);
        writer.fixedByte(version);
        writer.fixedShort(0);
        return writer;
    }
}
