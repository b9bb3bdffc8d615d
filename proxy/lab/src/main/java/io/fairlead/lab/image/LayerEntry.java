package io.fairlead.lab.image;

import java.nio.file.Path;

/**
 * What is at a path of a layer. All of it is owned by root.
 *
 * <p>Immutable.
 */
sealed interface LayerEntry {

    int FOLDER_MODE = 0755;

    record Folder(int mode) implements LayerEntry {}

    /** Content that is read when the layer is written. */
    record FileOnDisk(int mode, Path source) implements LayerEntry {}

    /** Content in UTF-8. */
    record Text(int mode, String content) implements LayerEntry {}

    record Link(String target) implements LayerEntry {}
}
