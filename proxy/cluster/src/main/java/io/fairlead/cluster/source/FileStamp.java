package io.fairlead.cluster.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * What changes when a file is written or replaced: size, time and inode.
 *
 * <p>Immutable.
 */
record FileStamp(long size, FileTime modified, String inode) {

    /** The file is not there, or not an ordinary file. */
    static final FileStamp GONE = new FileStamp(-1, FileTime.fromMillis(0), "");

    static FileStamp of(BasicFileAttributes attributes) {
        return new FileStamp(attributes.size(), attributes.lastModifiedTime(), String.valueOf(attributes.fileKey()));
    }

    static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile() ? of(attributes) : GONE;
        } catch (IOException e) {
            return GONE;
        }
    }
}
