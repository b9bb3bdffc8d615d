package io.fairlead.kernel.netlink;

/**
 * What NLMSG_ERROR or NLMSG_DONE says about a request.
 *
 * <p>Immutable.
 *
 * @param sequence of the request
 * @param errno positive errno, 0 for an acknowledgement
 * @param text the kernel's own words (NLMSGERR_ATTR_MSG), often empty
 * @param offset where in the request the offending attribute starts (NLMSGERR_ATTR_OFFS), -1 if not given
 */
public record NetlinkAnswer(int sequence, int errno, String text, int offset) {

    private static final int ERROR = 2;
    private static final int FLAG_CAPPED = 0x100;
    private static final int FLAG_ATTRIBUTES = 0x200;
    private static final int ATTRIBUTE_TEXT = 1;
    private static final int ATTRIBUTE_OFFSET = 2;
    /** Facilities may have numbers of their own behind those of the system, as ipsets do from 4096 on. */
    private static final int ERRNO_MAX = 8191;

    /** Decodes a message of type NLMSG_ERROR, or of type NLMSG_DONE, which ends a dump. */
    static NetlinkAnswer decode(NetlinkMessage message) {
        // NLMSG_DONE of old kernels may come without a status.
        int status = message.payloadLength() >= Integer.BYTES ? message.intAt(0) : 0;
        if (status > 0 || status < -ERRNO_MAX) {
            throw NetlinkMessage.malformed("error number " + status);
        }
        if (status == 0) {
            return new NetlinkAnswer(message.sequence(), 0, "", -1);
        }
        String text = "";
        int offset = -1;
        if ((message.flags() & FLAG_ATTRIBUTES) != 0) {
            NetlinkAttributes attributes = new NetlinkAttributes();
            message.attributes(attributesStart(message), attributes);
            while (attributes.next()) {
                switch (attributes.type()) {
                    case ATTRIBUTE_TEXT -> text = attributes.textValue();
                    case ATTRIBUTE_OFFSET -> offset = attributes.intValue();
                    default -> {}
                }
            }
        }
        return new NetlinkAnswer(message.sequence(), -status, text, offset);
    }

    /** Behind the status stands the header of the request, and unless it was capped the whole request. */
    private static int attributesStart(NetlinkMessage message) {
        if (message.type() != ERROR) {
            return Integer.BYTES;
        }
        if ((message.flags() & FLAG_CAPPED) != 0) {
            return Integer.BYTES + NetlinkWriter.HEADER_BYTES;
        }
        int request = message.intAt(Integer.BYTES);
        if (request < NetlinkWriter.HEADER_BYTES || request > message.payloadLength()) {
            throw NetlinkMessage.malformed("error about a request of " + request + " bytes");
        }
        return Integer.BYTES + ((request + 3) & ~3);
    }
}
