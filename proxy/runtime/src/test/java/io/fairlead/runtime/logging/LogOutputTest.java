package io.fairlead.runtime.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.runtime.logging.LogSettings.Format;
import io.fairlead.runtime.logging.LogSettings.Verbosity;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class LogOutputTest {

    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    private final SteppedClock clock = new SteppedClock();
    private final List<Runnable> scheduled = new ArrayList<>();
    private final LogOutput output = new LogOutput(stream, clock, (delay, task) -> scheduled.add(task));
    private final ProcessLogger logger = new ProcessLogger("io.fairlead.agent.ProxyLoop", output);

    private static final class SteppedClock extends Clock {
        private Instant time = Instant.parse("2026-11-21T12:30:00Z");

        private void step(Duration duration) {
            time = time.plus(duration);
        }

        @Override
        public Instant instant() {
            return time;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }

    private String written() {
        String text = stream.toString(StandardCharsets.UTF_8);
        stream.reset();
        return text;
    }

    @Test
    void writesOneLineForARecord() {
        logger.log(Level.WARNING, "Service {0} set aside: can't use port {1}", "default/web", 30080);
        assertEquals(
                "2026-11-21T12:30:00.000Z warning ProxyLoop: Service default/web set aside: can't use port 30080\n",
                written());
    }

    @Test
    void keepsTheLastLinesForABugReport() {
        logger.log(Level.INFO, "the first");
        assertEquals(written(), output.recent());
        for (int i = 0; i < 2000; i++) {
            clock.step(Duration.ofMinutes(1));
            logger.log(Level.INFO, "line {0} of many that are kept for a while and then no more", i);
        }
        String recent = output.recent();
        assertTrue(recent.length() <= RecentLines.CHARS_MAX && recent.length() > RecentLines.CHARS_MAX / 2, recent);
        assertTrue(recent.contains("line 1999 of many") && !recent.contains("the first"), recent);
        assertTrue(written().endsWith(recent));
    }

    @Test
    void templatesKeepWhatIsNoPlaceholder() {
        assertEquals("a {} {9} {x} {", ProcessLogger.filled("{0} {} {9} {x} {", new Object[] {"a"}));
        assertEquals("{0}", ProcessLogger.filled("{1}", new Object[] {"a", "{0}"}));
        assertEquals("null", ProcessLogger.filled("{0}", new Object[] {null}));
    }

    @Test
    void foreignTextCannotForgeALine() {
        logger.log(Level.INFO, "name {0}", "a\n2026-11-21T12:30:00.000Z error x: forged\u001b[0m");
        assertEquals(
                "2026-11-21T12:30:00.000Z info ProxyLoop: name a\\n2026-11-21T12:30:00.000Z error x: forged\\u001b[0m\n",
                written());
    }

    @Test
    void exceptionsFollowIndented() {
        logger.log(Level.ERROR, "apply failed", new IllegalStateException("no\nkernel"));
        List<String> lines = written().lines().toList();
        assertEquals("2026-11-21T12:30:00.000Z error ProxyLoop: apply failed", lines.get(0));
        assertEquals("    java.lang.IllegalStateException: no", lines.get(1));
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("    ")), lines.toString());
    }

    @Test
    void jsonIsOneObjectOnOneLine() {
        output.configure(LogSettings.DEFAULT.with(Verbosity.INFO, Format.JSON));
        logger.log(Level.INFO, "a \"b\"\n{0}", 1);
        assertEquals(
                "{\"time\":\"2026-11-21T12:30:00.000Z\",\"level\":\"info\",\"logger\":\"io.fairlead.agent.ProxyLoop\","
                        + "\"message\":\"a \\\"b\\\"\\n1\"}\n",
                written());
        logger.log(Level.ERROR, "c", new IllegalStateException("d"));
        String line = written();
        assertTrue(line.contains("\"exception\":\"java.lang.IllegalStateException: d\\n\\tat "), line);
        assertEquals(line.length() - 1, line.indexOf('\n'), line);
    }

    @Test
    void levelsBelowTheOneWantedCostNothing() {
        Supplier<String> costly = () -> {
            throw new AssertionError("asked for the text of a record that is not wanted");
        };
        logger.log(Level.DEBUG, costly);
        assertFalse(logger.isLoggable(Level.DEBUG));
        output.configure(LogSettings.DEFAULT.with(Verbosity.ERROR, Format.PLAIN));
        logger.log(Level.WARNING, costly);
        output.configure(LogSettings.DEFAULT.with(Verbosity.DEBUG, Format.PLAIN));
        assertTrue(logger.isLoggable(Level.DEBUG));
        assertFalse(logger.isLoggable(Level.OFF));
        assertEquals("", written());
    }

    @Test
    void foreignLibrariesAreHeardFromWarningsUp() {
        ProcessLogger foreign = new ProcessLogger("io.fabric8.client", output);
        output.configure(LogSettings.DEFAULT.with(Verbosity.DEBUG, Format.PLAIN));
        assertFalse(foreign.isLoggable(Level.INFO));
        assertTrue(foreign.isLoggable(Level.WARNING));
        output.configure(LogSettings.DEFAULT.with(Verbosity.ERROR, Format.PLAIN));
        assertFalse(foreign.isLoggable(Level.WARNING));
    }

    @Test
    void repeatsOfOneTemplateAreHeldBackAndCounted() {
        for (int i = 0; i < LogSettings.DEFAULT.repeatsMax() + 532; i++) {
            logger.log(Level.INFO, "Service {0} set aside", "default/web-" + i);
        }
        logger.log(Level.INFO, "something else");
        List<String> lines = written().lines().toList();
        assertEquals(LogSettings.DEFAULT.repeatsMax() + 1, lines.size());
        assertTrue(lines.getLast().endsWith("something else"), lines.getLast());

        clock.step(LogSettings.DEFAULT.window());
        logger.log(Level.INFO, "Service {0} set aside", "default/late");
        assertEquals("""
                2026-11-21T12:31:00.000Z info ProxyLoop: Service {0} set aside … repeated 532 times
                2026-11-21T12:31:00.000Z info ProxyLoop: Service default/late set aside
                """, written());
    }

    @Test
    void theCountComesByItselfWhenNothingElseIsLogged() {
        for (int i = 0; i < LogSettings.DEFAULT.repeatsMax() + 2; i++) {
            logger.log(Level.INFO, "again");
        }
        written();
        assertEquals(1, scheduled.size(), "one task for a window");
        clock.step(LogSettings.DEFAULT.window());
        scheduled.getFirst().run();
        assertEquals("2026-11-21T12:31:00.000Z info ProxyLoop: again … repeated 2 times\n", written());
    }

    @Test
    void flushTellsWhatWasHeldBack() {
        for (int i = 0; i < LogSettings.DEFAULT.repeatsMax() + 1; i++) {
            logger.log(Level.INFO, "again");
        }
        written();
        output.flush();
        assertEquals("2026-11-21T12:30:00.000Z info ProxyLoop: again … repeated 1 times\n", written());
    }

    @Test
    void aFloodOfDifferentMessagesIsHeldBackAsWell() {
        for (int i = 0; i < 5_000; i++) {
            logger.log(Level.INFO, "message number " + i);
        }
        assertEquals(1024 + LogSettings.DEFAULT.repeatsMax(), written().lines().count());
    }

    @Test
    void whatLibrariesLogKeepsItsTemplate() {
        Slf4jLogger library = new Slf4jLogger("io.fabric8.client", output);
        for (int i = 0; i < LogSettings.DEFAULT.repeatsMax() + 3; i++) {
            library.warn("watch {} broke after {} s", "services", i, new IllegalStateException("reset"));
        }
        library.info("not heard");
        String text = written();
        assertTrue(text.startsWith("2026-11-21T12:30:00.000Z warning client: watch services broke after 0 s\n"), text);
        assertTrue(text.contains("    java.lang.IllegalStateException: reset\n"), text);
        output.flush();
        assertTrue(written().endsWith("watch {} broke after {} s … repeated 3 times\n"), "counted by template");
    }

    @Test
    void theProcessLogsThroughUs() {
        assertInstanceOf(ProcessLogger.class, System.getLogger("io.fairlead.x"));
        assertFalse(LoggerFactory.getLogger("io.fabric8.x").isInfoEnabled(), "slf4j comes here");
        assertTrue(LoggerFactory.getLogger("io.fabric8.x").isWarnEnabled(), "slf4j comes here");
    }
}
