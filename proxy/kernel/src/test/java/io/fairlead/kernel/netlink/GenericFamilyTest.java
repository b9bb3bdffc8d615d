package io.fairlead.kernel.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.kernel.KernelException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Families by their names, asked of this kernel; no privileges needed. */
class GenericFamilyTest {

    private static final int CONTROLLER = 0x10;

    @Test
    void findsTheOneThatEveryKernelHas() {
        try (NetlinkClient client = NetlinkClient.open(NetlinkProtocol.GENERIC)) {
            assertEquals(
                    Optional.of(CONTROLLER),
                    GenericFamily.find(client, "nlctrl").map(GenericFamily::number));
        }
    }

    @Test
    void absentFamilyIsAnAnswer() {
        try (NetlinkClient client = NetlinkClient.open(NetlinkProtocol.GENERIC)) {
            assertEquals(Optional.empty(), GenericFamily.find(client, "fairlead-none"));
        }
    }

    @Test
    void refusesNumbersThatAreMessagesOfNetlink() {
        NetlinkWriter writer = new NetlinkWriter(1 << 10);
        writer.beginMessage(CONTROLLER, 0, 1);
        writer.fixedInt(1);
        writer.putShort(1, 3);
        writer.endMessage();
        assertThrows(KernelException.class, () -> GenericFamily.decode(NetlinkBytes.message(writer)));
    }
}
