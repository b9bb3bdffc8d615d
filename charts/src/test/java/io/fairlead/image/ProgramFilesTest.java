package io.fairlead.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The words that programs of the image start with.
 *
 * <p>Confined to the test thread.
 */
final class ProgramFilesTest {

    private static final ProgramFiles FILES = new ProgramFiles(
            List.of("-XX:+UseSerialGC"), List.of("/opt/fairlead/app/a.jar", "/opt/fairlead/lib/b.jar"));

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
                -cp
                /opt/fairlead/app/a.jar:/opt/fairlead/lib/b.jar
                io.fairlead.agent.FairleadMain
                """, FILES.agentArguments());
    }

    @Test
    void commandsDifferInTheirHeapOnly() {
        assertEquals(FILES.agentArguments().replace("-XX:MaxRAMPercentage=50", "-Xmx48m"), FILES.toolArguments());
    }

    /** The JVM compares flags that lay out memory, and the whole class path. */
    @Test
    void recordingIsMadeWithTheFlagsThatUseIt() {
        List<String> recording = FILES.recordingCommand();

        assertEquals("/opt/fairlead/jre/bin/java", recording.getFirst());
        assertTrue(recording.contains("-XX:AOTCacheOutput=/opt/fairlead/aot/agent.aot"), recording::toString);
        List<String> agent = FILES.agentArguments().lines().toList();
        int same = agent.size() - agent.indexOf("-Djffi.boot.library.path=/opt/fairlead/lib/native");
        assertEquals(
                agent.subList(agent.size() - same, agent.size()),
                recording.subList(recording.size() - same, recording.size()));
        assertEquals(agent.getFirst(), recording.get(1));
    }
}
