package io.fairlead.lab.image;

import java.nio.charset.StandardCharsets;

/**
 * Paths of layers: absolute, and without anything that an unpacking program could take for another path or for an order.
 *
 * <p>Thread-safe: no state of its own.
 */
final class LayerPath {

    /** NAME_MAX and PATH_MAX of limits.h, in bytes. */
    private static final int NAME_MAX = 255;

    private static final int PATH_MAX = 4095;

    /** Names with this beginning delete files of lower layers (OCI image specification, layer, "Whiteouts"). */
    private static final String WHITEOUT = ".wh.";

    private LayerPath() {}

    /**
     * The path without the slash that it begins with, as archives have it; empty for the root.
     *
     * @throws IllegalArgumentException if an image must not have such a path
     */
    static String relative(String path) {
        if (path.equals("/")) {
            return "";
        }
        if (!path.startsWith("/") || bytes(path) > PATH_MAX) {
            throw refused(path, "it is not absolute, or too long");
        }
        String relative = path.substring(1);
        for (String name : relative.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                throw refused(path, "it has a part that is empty, '.' or '..'");
            }
            if (name.startsWith(WHITEOUT) || bytes(name) > NAME_MAX) {
                throw refused(path, "a part begins with " + WHITEOUT + " or is too long");
            }
        }
        requirePlain(path, path);
        return relative;
    }

    /** Returns the target, which may be relative, of a link at a path. */
    static String target(String path, String target) {
        if (target.isEmpty() || bytes(target) > PATH_MAX) {
            throw refused(path, "what it links to is empty or too long");
        }
        requirePlain(path, target);
        return target;
    }

    private static void requirePlain(String path, String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw refused(path, "it has control characters");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static IllegalArgumentException refused(String path, String reason) {
        return new IllegalArgumentException("path '" + printable(path) + "' in a layer: " + reason);
    }

    private static String printable(String path) {
        return path.codePoints()
                .map(each -> Character.isISOControl(each) ? '?' : each)
                .limit(NAME_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
