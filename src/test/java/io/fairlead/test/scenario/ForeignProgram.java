package io.fairlead.test.scenario;

import java.util.List;
import java.util.Random;

/**
 * Another program on the node, which keeps things of its own where ours are, and breaks ours. What it has is about
 * addresses that no scenario knows.
 *
 * <p>Confined to one thread.
 */
interface ForeignProgram {

    /** Of RFC 2544: {@code 198.18.0.0/15}. */
    String RANGE = "198.18.";

    /** Of RFC 5180: {@code 2001:2::/48}. */
    String RANGE_6 = "2001:2:";

    /** One of its addresses. */
    static String address(boolean ipv6, int number) {
        return ipv6
                ? RANGE_6 + ":" + Integer.toHexString(number)
                : RANGE + (number >> 8 & 0xff) + "." + (number & 0xff);
    }

    /** One of a list, that must not be empty. */
    static <T> T one(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Does one thing, or tries it where the kernel must refuse; where there is nothing to do it to, nothing. */
    void act(Random random);

    /** What it has, as lines; the order of its rules counts. */
    List<String> own();
}
