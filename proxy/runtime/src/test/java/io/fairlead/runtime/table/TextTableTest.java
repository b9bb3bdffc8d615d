package io.fairlead.runtime.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.runtime.table.TextTable.Align;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextTableTest {

    @Test
    void alignsColumnsAndShowsEmptyCellsAsDash() {
        TextTable table = new TextTable()
                .column("SERVICE")
                .column("ENDPOINTS", Align.RIGHT)
                .column("NOTE")
                .row("default/web", "3", "")
                .row("kube-system/dns", "12", "local only");
        assertEquals("""
                SERVICE          ENDPOINTS  NOTE
                default/web              3  -
                kube-system/dns         12  local only
                """, text(table));
    }

    @Test
    void cutsWideCellsButLeavesRoomInTheLastColumn() {
        String wide = "x".repeat(70);
        List<String> lines = text(new TextTable().column("A").column("B").row(wide, wide))
                .lines()
                .toList();
        assertEquals("x".repeat(TextTable.CELL_CHARS_MAX - 1) + "…  " + wide, lines.get(1));
    }

    @Test
    void foreignTextCannotCommandTheTerminal() {
        String table = text(new TextTable().column("NAME").row("a\u001b[2J\nb\u202ec\ud800"));
        assertEquals("NAME\na\\u001b[2J\\nb\\u202ec\\ud800\n", table);
    }

    @Test
    void keepsLettersOfAllLanguagesAndAlignsThem() {
        TextTable table =
                new TextTable().column("A").column("B").row("größe", "1").row("😀", "2");
        assertEquals("A      B\ngröße  1\n😀      2\n", text(table));
    }

    @Test
    void refusesRowsOfOtherWidth() {
        TextTable table = new TextTable().column("A");
        assertThrows(IllegalArgumentException.class, () -> table.row("1", "2"));
    }

    @Test
    void cutNeverSplitsASurrogatePair() {
        assertEquals("ab…", Printable.line("ab😀😀", 4));
        assertEquals("ab😀", Printable.line("ab😀", 4));
    }

    private static String text(TextTable table) {
        StringBuilder out = new StringBuilder();
        table.writeTo(out);
        return out.toString();
    }
}
