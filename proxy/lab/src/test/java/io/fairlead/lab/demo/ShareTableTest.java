package io.fairlead.lab.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.lab.demo.ShareTable.Column;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShareTableTest {

    private static Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("a", "10.0.0.1");
        rows.put("longer", "10.0.0.20");
        return rows;
    }

    @Test
    void barsAreAlignedAndTheLongestFillsItsPlace() {
        ShareTable table = new ShareTable(rows(), List.of(new Column("", Map.of("a", 1L, "longer", 3L))));
        assertEquals(
                List.of(
                        "a       10.0.0.1   ########                  25 %", // one third of 24
                        "longer  10.0.0.20  ########################  75 %"),
                table.lines(Look.PLAIN));
    }

    @Test
    void columnsShareOneScale() {
        Column before = new Column("before", Map.of("a", 5L, "longer", 5L));
        Column after = new Column("after", Map.of("longer", 7L));
        assertEquals(
                List.of(
                        "                   before                 after",
                        "a       10.0.0.1   ########         50 %                    0 %",
                        "longer  10.0.0.20  ########         50 %  ############### 100 %"),
                new ShareTable(rows(), List.of(before, after)).lines(Look.PLAIN));
    }

    @Test
    void nothingAnsweredIsNoDivisionByZero() {
        List<String> lines = new ShareTable(rows(), List.of(new Column("", Map.of()))).lines(Look.PLAIN);
        assertEquals("a       10.0.0.1                              0 %", lines.getFirst());
    }

    @Test
    void terminalBarsCountEighths() {
        assertEquals("\033[36m██▌\033[0m ", Look.TERMINAL.bar(0.625, 4));
        assertEquals("    ", Look.TERMINAL.bar(0, 4));
        assertEquals("\033[36m████\033[0m", Look.TERMINAL.bar(2, 4));
    }
}
