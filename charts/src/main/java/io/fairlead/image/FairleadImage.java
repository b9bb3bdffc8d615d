package io.fairlead.image;

import io.fairlead.lab.image.ContainerImage;
import io.fairlead.lab.image.DebianPackages;
import io.fairlead.lab.image.ImageLayer;
import io.fairlead.lab.image.UnpackedImage;
import io.fairlead.lab.run.LabException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the image together, from what changes seldom to what changes with each build.
 *
 * <p>Confined to one thread at a time.
 */
public final class FairleadImage {

    private static final String NAME = "fairlead";
    private static final String REPOSITORY = "docker.io/fairlead/fairlead";

    private static final String USER = "65532:65532";

    private final ImageInput input;
    private final Path work;
    private final Progress progress;
    private final ProgramFiles files;

    /** Says what is being done. */
    public interface Progress {
        void step(String what);
    }

    /** @param work an empty folder for parts */
    public FairleadImage(ImageInput input, Path work, Progress progress) {
        this.input = input;
        this.work = work;
        this.progress = progress;
        this.files = new ProgramFiles(input.jvmFlags(), input.ingressFlags(), input.classPath());
    }

    /** The distribution's packages, in the user's cache. */
    public static DebianPackages distribution() {
        Path folder = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        return new DebianPackages(folder.resolve("fairlead/packages"));
    }

    /**
     * Writes the image's layout.
     *
     * @return digest of its manifest
     * @throws LabException if a part cannot be had or made
     */
    String write(DebianPackages distribution, Path layout) {
        List<ImageLayer> layers = new ArrayList<>(layers(distribution));
        progress.step("recording of starts");
        image(layers).writeLayout(work.resolve("unrecorded"));
        UnpackedImage unpacked = UnpackedImage.unpack(work.resolve("unrecorded"), work.resolve("root"));
        StartRecording recording = new StartRecording(files, unpacked);
        layers.add(ImageLayer.named("recording of starts")
                .file(ProgramFiles.Start.AGENT.recording(), 0644, recording.ofAgent(work.resolve("aot-agent")))
                .file(ProgramFiles.Start.INGRESS.recording(), 0644, recording.ofIngress(work.resolve("aot-ingress")))
                .build());
        progress.step("image");
        return image(layers).writeLayout(layout);
    }

    /** The same without the recording: what is of the same bytes whenever it is built. */
    public String writeUnrecorded(DebianPackages distribution, Path layout) {
        return image(layers(distribution)).writeLayout(layout);
    }

    private List<ImageLayer> layers(DebianPackages distribution) {
        progress.step("Java runtime");
        JavaRuntime runtime = JavaRuntime.link(work.resolve("jre"));
        progress.step("launcher");
        NativeParts parts = new NativeParts(work);
        Path launcher = parts.launcher(input.launcherSource());
        Path natives = parts.libraries(input.nativeJars());
        progress.step("base of the distribution's packages");
        List<Path> programs = new ArrayList<>(runtime.nativeFiles());
        programs.addAll(NativeParts.files(natives));
        BaseLayer base = BaseLayer.of(programs, distribution);
        return List.of(
                base.layer(),
                ImageLayer.named("runtime: OpenJDK " + runtime.version())
                        .tree(ProgramFiles.RUNTIME, runtime.folder())
                        .build(),
                libraries(natives),
                programs(launcher, materials(runtime, base)));
    }

    private ImageLayer libraries(Path natives) {
        ImageLayer.Builder layer = ImageLayer.named("libraries: jars of other projects");
        layer.tree(ProgramFiles.NATIVE, natives);
        input.libraries().forEach((path, jar) -> layer.file(path, 0644, jar));
        return layer.build();
    }

    private BillOfMaterials materials(JavaRuntime runtime, BaseLayer base) {
        BillOfMaterials materials = BillOfMaterials.ofJars(input.jarsBill(), NAME, input.version());
        materials.place(input.places());
        materials.add(runtime);
        base.packages().forEach(materials::add);
        return materials;
    }

    private ImageLayer programs(Path launcher, BillOfMaterials materials) {
        ImageLayer.Builder layer = ImageLayer.named("programs: Fairlead " + input.version());
        input.programs().forEach((path, jar) -> layer.file(path, 0644, jar));
        for (ProgramFiles.Start start : ProgramFiles.Start.values()) {
            layer.text(start.file(), 0644, files.arguments(start));
        }
        return layer.text(ProgramFiles.PROGRAMS + "/sbom.cdx.json", 0644, materials.json())
                .text(ProgramFiles.PROGRAMS + "/THIRD-PARTY", 0644, materials.thirdParties())
                .file(ProgramFiles.PROGRAMS + "/LICENSE", 0644, input.licence())
                .file(ProgramFiles.LAUNCHER, 0755, launcher)
                .folder(ProgramFiles.RECORDINGS, 0755)
                .build();
    }

    private ContainerImage image(List<ImageLayer> layers) {
        return new ContainerImage(
                REPOSITORY + ":" + input.version(),
                layers,
                List.of(ProgramFiles.LAUNCHER),
                List.of("proxy"),
                Map.of(
                        "PATH", "/usr/sbin:/usr/bin:" + ProgramFiles.RUNTIME + "/bin",
                        // Or Java would write ASCII only.
                        "LC_ALL", "C.UTF-8",
                        // glibc would keep memory for each thread.
                        "MALLOC_ARENA_MAX", "1"),
                USER,
                Map.of(
                        "org.opencontainers.image.title",
                        NAME,
                        "org.opencontainers.image.version",
                        input.version(),
                        "org.opencontainers.image.licenses",
                        "Apache-2.0",
                        "org.opencontainers.image.description",
                        "The service-routing data plane of a Kubernetes node"));
    }
}
