package io.fairlead.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.image.ProgramFiles.Start;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The words that programs of the image start with.
 *
 * <p>Confined to the test thread.
 */
final class ProgramFilesTest {

    private static final ProgramFiles FILES = new ProgramFiles(
            List.of("-XX:+UseSerialGC"),
            List.of("-Dmore=true"),
            List.of("/opt/fairlead/app/a.jar", "/opt/fairlead/lib/b.jar"));

    @Test
    void flagsOfAFileAreItsLinesWithoutComments() {
        assertEquals(List.of("-a", "--b=c"), ProgramFiles.flags(List.of("# why", "-a", "", "--b=c")));
    }

    @Test
    void agentTakesHalfOfItsPodsMemoryAndTheRecording() {
        assertEquals("""
                -XX:+UseSerialGC
                -XX:MaxRAMPercentage=50
                -XX:AOTCache=/opt/fairlead/aot/agent.aot
                -Djffi.boot.library.path=/opt/fairlead/lib/native
                -Djava.library.path=/opt/fairlead/lib/native
                -cp
                /opt/fairlead/app/a.jar:/opt/fairlead/lib/b.jar
                io.fairlead.agent.FairleadMain
                """, FILES.arguments(Start.AGENT));
    }

    @Test
    void commandsDifferInTheirHeapOnly() {
        assertEquals(
                FILES.arguments(Start.AGENT).replace("-XX:MaxRAMPercentage=50", "-Xmx48m"),
                FILES.arguments(Start.TOOL));
        assertEquals(
                FILES.arguments(Start.INGRESS)
                        .replace("-Dmore=true\n", "")
                        .replace("-XX:MaxRAMPercentage=50", "-Xmx48m"),
                FILES.arguments(Start.INGRESS_TOOL));
    }

    /** The JVM compares flags that lay out memory, and the whole class path. */
    @ParameterizedTest
    @EnumSource
    void recordingIsMadeWithTheFlagsThatUseIt(Start start) {
        List<String> recording = FILES.recordingCommand(start);

        assertEquals("/opt/fairlead/jre/bin/java", recording.getFirst());
        assertTrue(recording.contains("-XX:AOTCacheOutput=" + start.recording()), recording::toString);
        List<String> used = FILES.arguments(start).lines().toList();
        int same = used.size() - used.indexOf("-Djffi.boot.library.path=/opt/fairlead/lib/native");
        assertEquals(
                used.subList(used.size() - same, used.size()),
                recording.subList(recording.size() - same, recording.size()));
        assertEquals(used.getFirst(), recording.get(1));
    }
}
