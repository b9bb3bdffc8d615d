package io.fairlead.kernel.nft.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.SmallLayout;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class NftListingTest {

    private static final NftTable TABLE = new NftTable(NftFamily.IP, "fairlead");

    private final FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
    private final FakeNft nft = kernel.open();

    private void fill() {
        SmallLayout layout = new SmallLayout(NftFamily.IP);
        layout.chainsFor(2);
        layout.service("172.30.0.41", 80, new NftVerdict.Goto("masquerade-2"), "10.180.0.1", "10.180.1.1");
        layout.service("172.30.0.5", 443, new NftVerdict.Goto("reject"));
        nft.apply(layout.transaction());
    }

    @Test
    void namesElementsChainsAndComments() {
        fill();
        String text = NftListing.read(nft, TABLE, 10);
        assertTrue(text.startsWith("table ip fairlead {\n"), text);
        assertTrue(text.contains("""
                	map endpoints {
                		172.30.0.41 . tcp . 80 . 0 : 10.180.0.1 . 8080
                		172.30.0.41 . tcp . 80 . 1 : 10.180.1.1 . 8080
                	}
                """), text);
        assertTrue(text.contains("\t\t172.30.0.5 . tcp . 443 : goto reject\n"), text);
        assertTrue(text.contains("""
                	chain guard {
                		type filter hook forward priority -110
                		# rule: no such port
                	}
                """), text);
        assertTrue(
                NftListing.read(kernel.open(), TABLE, 10).startsWith("table ip fairlead owned by another process {\n"));
    }

    @Test
    void countsWhatItDoesNotShow() {
        fill();
        assertTrue(NftListing.read(nft, TABLE, 1).contains("\t\t# and 1 more\n"));
        assertEquals("", NftListing.read(nft, new NftTable(NftFamily.IP6, "fairlead"), 1));
    }
}
