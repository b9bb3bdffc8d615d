package io.fairlead.cluster.source;

import io.fairlead.cluster.source.decode.Tree;

/**
 * What a watch tells of the objects that it follows.
 *
 * <p>Confined to the thread of the watch.
 */
interface WatchedItems {

    /**
     * An object is there, and looks like this.
     *
     * @throws io.fairlead.cluster.source.decode.InvalidInput if it has no usable name, so that nothing can be said of it
     */
    void put(Tree tree);

    /** The object is gone. */
    void remove(Tree tree);

    /** A list begins: what it does not mention before it ends is gone. */
    void listBegins();

    void listEnds();

    /** The server does not let us list, or does not have what we want. */
    void refused(String reason);
}
