package io.fairlead.ingress.route;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the tree of one host's paths: its edges are segments, its root is the slash that every path begins with.
 *
 * <p>The tree is what Ingress v1 says of paths. A prefix is for a request exactly if the request's segments
 * lead through
 * its place, since it compares segment by segment; an exact path, if they end at it. The deepest prefix on the way is
 * the longest one, and an exact path, being the whole request, is at least as long as any prefix and comes
 * before one of
 * its length. So one walk finds the route, and reads each byte of the path at most three times: to find the segment's
 * end, to hash it and to compare it. The walk ends where no route goes on, so that a path of ten thousand
 * slashes costs
 * no more than the deepest rule.
 *
 * <p>Confined to the thread that fills it, and immutable as soon as its table is built.
 */
final class PathNode {

    private static final ByteKeys<PathNode> NO_CHILDREN = new ByteKeys<>(0, false, 0);

    private final long seed;
    private ByteKeys<PathNode> children = NO_CHILDREN;
    private @Nullable Route exact;
    private @Nullable Route prefix;

    PathNode(long seed) {
        this.seed = seed;
    }

    /**
     * Puts a route at the place of its path, unless another one has it.
     *
     * @return that other one. {@code /foo} and {@code /foo/} are one place for prefixes
     */
    @Nullable
    Route addPrefix(Route route) {
        byte[] path = PathForm.of(route.path().text());
        PathNode node = descend(path, path[path.length - 1] == '/' ? path.length - 1 : path.length);
        Route holder = node.prefix;
        node.prefix = holder != null ? holder : route;
        return holder;
    }

    /** As {@link #addPrefix}. */
    @Nullable
    Route addExact(Route route) {
        byte[] path = PathForm.of(route.path().text());
        PathNode node = descend(path, path.length);
        Route holder = node.exact;
        node.exact = holder != null ? holder : route;
        return holder;
    }

    /** The place of a path, made if it is not there; the root if {@code to} is 0. */
    private PathNode descend(byte[] path, int to) {
        PathNode node = this;
        for (int at = 1; at <= to; ) {
            int end = segmentEnd(path, at, to);
            PathNode next = node.children.find(path, at, end);
            if (next == null) {
                next = node.addChild(Arrays.copyOfRange(path, at, end));
            }
            node = next;
            at = end + 1;
        }
        return node;
    }

    private PathNode addChild(byte[] segment) {
        if (children == NO_CHILDREN) {
            children = new ByteKeys<>(seed, false, 1);
        }
        PathNode child = new PathNode(seed);
        children.add(children.entry(segment, child));
        return child;
    }

    /** Hot path: the route for a path, or nothing. */
    @Nullable
    Route find(byte[] text, int from, int to) {
        if (from == to || text[from] != '/') {
            return null;
        }
        PathNode node = this;
        Route longest = prefix;
        int at = from + 1;
        while (!node.children.isEmpty()) {
            int end = segmentEnd(text, at, to);
            PathNode next = node.children.find(text, at, end);
            if (next == null) {
                return longest;
            }
            node = next;
            if (node.prefix != null) {
                longest = node.prefix;
            }
            if (end == to) {
                return node.exact != null ? node.exact : longest;
            }
            at = end + 1;
        }
        return longest;
    }

    /**
     * Adds the routes that are for a path to {@code found}, best last.
     *
     * @return how much of the path led to places of the tree: behind its last segment that did
     */
    int collect(byte[] text, List<Route> found) {
        if (text.length == 0 || text[0] != '/') {
            return 0;
        }
        PathNode node = this;
        for (int at = 1; ; ) {
            if (node.prefix != null) {
                found.add(node.prefix);
            }
            if (at > text.length) {
                if (node.exact != null) {
                    found.add(node.exact);
                }
                return text.length;
            }
            int end = segmentEnd(text, at, text.length);
            PathNode next = node.children.find(text, at, end);
            if (next == null) {
                return at - 1;
            }
            node = next;
            at = end + 1;
        }
    }

    private static int segmentEnd(byte[] text, int from, int to) {
        int end = from;
        while (end < to && text[end] != '/') {
            end++;
        }
        return end;
    }
}
