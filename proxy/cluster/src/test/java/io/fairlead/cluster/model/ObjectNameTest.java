package io.fairlead.cluster.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as people write them. */
final class ObjectNameTest {

    @Test
    void namespaceAndNameAreRead() {
        assertEquals(new ObjectName("kube-system", "fairlead.keys-1"), ObjectName.parse("kube-system/fairlead.keys-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "keys", "/keys", "system/", "system/keys/x", "System/keys", "sys.tem/keys", "../x", "a/b c"})
    void otherTextsAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ObjectName.parse(text));
    }
}
