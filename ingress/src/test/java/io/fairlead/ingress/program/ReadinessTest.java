package io.fairlead.ingress.program;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Who answers for whom while one process takes another's place. */
final class ReadinessTest {

    private boolean own;
    private boolean successor;
    private final Pages.Readiness readiness = new Pages.Readiness("old", () -> own, () -> successor);

    @Test
    void theProcessItselfIsMeantUnlessAnotherIsNamed() {
        own = true;
        assertTrue(readiness.of(""));
        assertTrue(readiness.of("old"));
        assertFalse(readiness.of("new"));
    }

    @Test
    void aSuccessorIsReadyWhenItServes() {
        successor = true;
        assertTrue(readiness.of("new"));
        assertFalse(readiness.of("old"));
        assertFalse(readiness.of(""));
    }
}
