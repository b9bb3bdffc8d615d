package io.fairlead.image;

import io.fairlead.lab.image.BuildCommand;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.run.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Records what the JVM loads at start, inside the image: it uses a recording only with the runtime, the flags and the jars,
 * their paths and times included, that it was made with.
 *
 * <p>Immutable.
 *
 * @param samples manifests that the agent reads meanwhile
 */
record StartRecording(ProgramFiles files, Path samples) {

    private static final String SAMPLES = "/run/fairlead";

    /** What is run: everything that an agent does up to its first write to the kernel. */
    private static final List<String> PROGRAM = List.of("proxy", "--dry-run", "--manifests", SAMPLES);

    /**
     * Runs the program.
     *
     * @param image without a recording
     * @param folder for the recording
     * @return the recording
     * @throws LabException if the program fails
     */
    Path record(UnpackedImage image, Path folder) {
        Path recording = folder.resolve(ProgramFiles.name(ProgramFiles.RECORDING));
        List<String> command = new ArrayList<>(files.recordingCommand());
        command.addAll(PROGRAM);
        try {
            Files.createDirectories(folder);
            BuildCommand.run(
                    folder,
                    image.command(
                            List.of("/tmp"),
                            Map.of(ProgramFiles.parent(ProgramFiles.RECORDING), folder, SAMPLES, samples),
                            command));
            if (Files.size(recording) == 0) {
                throw new LabException("the JVM recorded nothing");
            }
        } catch (IOException e) {
            throw new LabException("there is no recording of a start: " + e, e);
        }
        return recording;
    }
}
