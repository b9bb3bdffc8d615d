package io.fairlead.kernel.ipvs.fake;

/**
 * How many connections a real server has.
 *
 * <p>Immutable.
 */
record FakeConnections(int active, int inactive, int persistent) {

    static final FakeConnections NONE = new FakeConnections(0, 0, 0);

    FakeConnections {
        if (active < 0 || inactive < 0 || persistent < 0) {
            throw new IllegalArgumentException("less than no connection");
        }
    }

    boolean isNone() {
        return equals(NONE);
    }
}
