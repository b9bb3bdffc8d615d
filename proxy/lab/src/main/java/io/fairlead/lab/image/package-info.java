/**
 * Container images, written without a daemon or a registry, and the same each time: layers of files, the image over
 * them, files of Debian's packages.
 *
 * <p>Reads the files that layers name and what {@code apt-get} brings; writes image layouts, archives and its cache of
 * packages; never knows what an image is for.
 */
@NullMarked
package io.fairlead.lab.image;

import org.jspecify.annotations.NullMarked;
