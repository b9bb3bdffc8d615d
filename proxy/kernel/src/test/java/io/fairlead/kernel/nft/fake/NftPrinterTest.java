package io.fairlead.kernel.nft.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.kernel.nft.NftData;
import io.fairlead.kernel.nft.NftFamily;
import io.fairlead.kernel.nft.NftTable;
import io.fairlead.kernel.nft.NftVerdict;
import io.fairlead.kernel.nft.SmallLayout;
import java.time.InstantSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NftPrinterTest {

    private final FakeNftKernel kernel = new FakeNftKernel(InstantSource.system());
    private final FakeNft nft = kernel.open();

    /** The one text of a whole table: a reader sees at once what the printer makes of each object. */
    @Test
    void printsWholeTable() {
        SmallLayout layout = new SmallLayout(NftFamily.IP);
        layout.chainsFor(2);
        layout.stickyAmong(2);
        layout.service("172.30.0.41", 80, new NftVerdict.Goto("masquerade-2"), "10.180.0.1", "10.180.1.1");
        layout.service("172.30.0.5", 443, new NftVerdict.Goto("reject"));
        nft.apply(layout.transaction());
        assertEquals("""
                table ip fairlead {
                	flags owner,persist
                	map affinity {
                		type ipv4_addr : mark
                		size 2
                		flags dynamic,timeout
                	}
                	set cluster-ips {
                		type ipv4_addr
                		elements = {
                			172.30.0.5,
                			172.30.0.41,
                		}
                	}
                	map endpoints {
                		type ipv4_addr . inet_proto . inet_service . mark : ipv4_addr . inet_service
                		elements = {
                			172.30.0.41 . tcp . 80 . 0 : 10.180.0.1 . 8080,
                			172.30.0.41 . tcp . 80 . 1 : 10.180.1.1 . 8080,
                		}
                	}
                	map services {
                		type ipv4_addr . inet_proto . inet_service : verdict
                		elements = {
                			172.30.0.5 . tcp . 443 : goto reject,
                			172.30.0.41 . tcp . 80 : goto masquerade-2,
                		}
                	}
                	chain prerouting {
                		type nat hook prerouting priority -101; policy accept;
                		ip daddr . meta l4proto . th dport vmap @services
                	}
                	chain guard {
                		type filter hook forward priority -110; policy accept;
                		ct state & new != 0 ip daddr @cluster-ips reject comment "no such port"
                	}
                	chain output {
                		type nat hook output priority -101; policy accept;
                		ip daddr . meta l4proto . th dport vmap @services
                	}
                	chain postrouting {
                		type nat hook postrouting priority 101; policy accept;
                		meta mark & 0x00004000 == 0x00000000 return
                		meta mark set meta mark & 0xffffbfff masquerade fully-random
                	}
                	chain masquerade-2 {
                		meta mark set meta mark | 0x00004000 goto n2
                	}
                	chain n2 {
                		dnat to ip daddr . meta l4proto . th dport . numgen random mod 2 map @endpoints
                	}
                	chain reject {
                		reject
                	}
                	chain sticky {
                		dnat to ip daddr . meta l4proto . th dport . ip saddr map @affinity map @endpoints comment "known"
                		update @affinity { ip saddr timeout 10s : numgen random mod 2 } dnat to ip daddr . meta l4proto . th dport . numgen random mod 2 map @endpoints comment "new"
                	}
                }
                """, NftPrinter.print(kernel, layout.table, 10));
    }

    @Test
    void limitsElementsAndSortsThemAsNumbers() {
        SmallLayout layout = new SmallLayout(NftFamily.IP6);
        String[] backends = new String[300];
        Arrays.fill(backends, "fd00:80::1:0:0:1");
        layout.service("fd00:30::41", 80, new NftVerdict.Drop(), backends);
        nft.apply(layout.transaction());
        String printed = NftPrinter.print(kernel, layout.table, 2);
        String start = "\t\t\tfd00:30::41 . tcp . 80 . ";
        String end = " : fd00:80::1:0:0:1 . 8080,\n";
        assertEquals(
                start + 0 + end + start + 1 + end + "\t\t\t# and 298 more\n",
                printed.substring(printed.indexOf(start), printed.indexOf("\t\t}", printed.indexOf(start))));
    }

    @Test
    void printsNothingOfMissingTable() {
        assertEquals("", NftPrinter.print(kernel, new NftTable(NftFamily.IP, "none"), 10));
    }

    @Test
    void writesIpv6AddressesAsRfc5952() {
        for (String address : new String[] {
            "::", "::1", "fd00::", "2001:db8::1", "2001:0:0:1::1", "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "::fffe:1:2"
        }) {
            assertEquals(address, NftPrinterField.ADDRESS.decode(SmallLayout.bytes(address)));
        }
        assertEquals("2001:db8::1:0:0:1", NftPrinterField.ADDRESS.decode(SmallLayout.bytes("2001:db8:0:0:1:0:0:1")));
    }

    @Test
    void printsRecordsWithTheirTime() {
        SmallLayout layout = new SmallLayout(NftFamily.IP);
        nft.apply(layout.transaction());
        FakeNftTable table = kernel.table(layout.table);
        if (table == null) {
            throw new AssertionError("the table is there");
        }
        long now = kernel.nowMillis();
        FakeNftElement record = FakeNftElement.record(NftData.hostInt(3), 3_600_000, now);
        table.put(table.referredSet("affinity"), NftData.of(SmallLayout.bytes("10.0.0.1")), record);
        String printed = NftPrinter.print(kernel, layout.table, 10);
        assertEquals(
                1,
                printed.lines()
                        .filter(line -> line.matches("\t\t\t10.0.0.1 timeout 3600s expires 3[56]\\d\\ds : 3,"))
                        .count(),
                printed);
    }
}
