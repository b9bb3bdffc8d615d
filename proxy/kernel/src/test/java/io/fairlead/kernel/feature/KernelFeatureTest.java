package io.fairlead.kernel.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults;
import io.fairlead.kernel.netns.NetNs;
import io.fairlead.kernel.netns.Tool;
import io.fairlead.kernel.nft.NetlinkNft;
import io.fairlead.kernel.nft.Nft;
import io.fairlead.kernel.nft.fake.FakeNftKernel;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes that cannot rot: on a kernel that is new enough, a missing facility is a broken probe. */
class KernelFeatureTest {

    private final FakeNftKernel fake = new FakeNftKernel(InstantSource.system());

    @ParameterizedTest
    @EnumSource
    void findsWhatTheVersionPromisesAndLeavesNothingBehind(KernelFeature feature) {
        String[] version = System.getProperty("os.version").split("[.-]", -1);
        boolean promised = feature.expectedIn(Integer.parseInt(version[0]), Integer.parseInt(version[1]));
        try (NetNs namespace = NetNs.anonymous();
                Nft nft = namespace.run(NetlinkNft::open)) {
            assertTrue(feature.isPresent(nft) || !promised, feature + " on " + System.getProperty("os.version"));
            assertEquals("", namespace.run(() -> Tool.run("nft", "list", "ruleset")));
        }
    }

    @Test
    void namesEveryFacilityThatIsMissing() {
        try (Nft nft = fake.open()) {
            assertEquals("", KernelFeature.describeMissing(nft));
            fake.setFaults((call, number) -> Faults.Fault.of(Errno.ENOENT));
            String missing = KernelFeature.describeMissing(nft);
            assertTrue(missing.startsWith("this kernel lacks nf_tables (CONFIG_NF_TABLES_IPV4"), missing);
            assertTrue(missing.contains(" and random numbers in nf_tables (CONFIG_NFT_NUMGEN, Linux 4.9)"), missing);
            assertFalse(missing.contains("owner"), missing);
        }
    }

    @Test
    void lackOfRightsIsNoLackOfFacility() {
        try (Nft nft = fake.open()) {
            fake.failNext(Errno.EPERM);
            assertThrows(KernelException.class, () -> KernelFeature.describeMissing(nft));
        }
    }

    @Test
    void comparesVersionsByNumber() {
        assertTrue(KernelFeature.OWNED_PERSISTENT_TABLES.expectedIn(6, 12));
        assertTrue(KernelFeature.OWNED_PERSISTENT_TABLES.expectedIn(10, 0));
        assertFalse(KernelFeature.OWNED_PERSISTENT_TABLES.expectedIn(6, 8));
        assertFalse(KernelFeature.OWNED_PERSISTENT_TABLES.expectedIn(5, 15));
    }
}
