package io.fairlead.kernel.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Building transactions: runs of elements, and mistakes that are remembered. */
class NftTransactionTest {

    private static final NftTable TABLE = new NftTable(NftFamily.IP, "fairlead");
    private static final NftSet MARKS = NftSet.map("marks", List.of(NftType.MARK), NftType.MARK);
    private static final NftSet OTHERS = NftSet.set("others", NftType.MARK);

    private final NftTransaction transaction = new NftTransaction(TABLE, new NftVerdicts());

    private static byte[] number(int value) {
        return NftData.hostInt(value).toBytes();
    }

    @Test
    void consecutiveElementsOfOneSetAreOneStep() {
        for (int i = 0; i < 100; i++) {
            transaction.addElement(MARKS, number(i), number(-i));
        }
        transaction
                .deleteElement(MARKS, number(1))
                .addElement(OTHERS, number(1), new byte[0])
                .addElement(OTHERS, number(2), new byte[0])
                .addElement(MARKS, number(200), number(1));

        assertEquals("", transaction.mistake());
        List<Integer> counts = transaction.operations().stream()
                .map(operation -> assertInstanceOf(NftOperation.Elements.class, operation)
                        .elements()
                        .count())
                .toList();
        assertEquals(List.of(100, 1, 2, 1), counts);
    }

    @Test
    void remembersTheFirstMistake() {
        transaction
                .addChain(NftChain.regular("é".repeat(128)))
                .addSet(NftSet.set("", NftType.MARK))
                .addElement(MARKS, number(1), new byte[5]);

        assertEquals("chain name of 256 bytes, allowed are 1 to 255", transaction.mistake());
    }

    @Test
    void wrongLengthsAreMistakesAndNoElements() {
        NftTransaction value = new NftTransaction(TABLE, new NftVerdicts()).addElement(MARKS, number(1), new byte[3]);
        assertEquals("element of marks with 4 bytes of key and 3 of value, expected 4 and 4", value.mistake());
        NftTransaction key = new NftTransaction(TABLE, new NftVerdicts()).deleteElement(MARKS, new byte[1]);
        assertEquals("element of marks with 1 bytes of key, expected 4", key.mistake());
        NftTransaction comment = new NftTransaction(TABLE, new NftVerdicts())
                .replaceRules("chain", List.of(EveryRule.rule("x".repeat(128))));
        assertEquals("rule comment of 128 bytes in chain chain, allowed are 127", comment.mistake());
    }

    @Test
    void distinctFindsOneKeyThatOccursTwice() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(1, 400);
            int step = 1 << random.nextInt(24);
            NftElements elements = new NftElements(4, 4);
            for (int i = 0; i < count; i++) {
                elements.add(number(i * step), number(0));
            }
            boolean wrapped = (long) (count - 1) * step >= 1L << 32;
            assertTrue(elements.distinct() || wrapped, "seed " + seed);
            elements.add(number(random.nextInt(count) * step), number(1));
            assertFalse(elements.distinct(), "seed " + seed);
        }
        assertTrue(new NftElements(4, 0).distinct());
    }
}
