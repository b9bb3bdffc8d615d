package io.fairlead.test.scenario;

import io.fairlead.agent.plan.ModeRules;
import io.fairlead.kernel.fake.TracedNode;
import java.time.InstantSource;
import java.util.Locale;

/**
 * The data planes that every scenario is played on.
 *
 * <p>Immutable.
 */
public enum PlaneKind {
    NFTABLES(ModeRules.NFTABLES),
    IPTABLES(ModeRules.IPTABLES);

    private final ModeRules rules;

    PlaneKind(ModeRules rules) {
        this.rules = rules;
    }

    public ModeRules rules() {
        return rules;
    }

    /** One on an empty pretended kernel. */
    public FakePlane fake(InstantSource clock, TracedNode node) {
        return switch (this) {
            case NFTABLES -> new FakeNftPlane(clock, node);
            case IPTABLES -> new FakeIptablesPlane(clock, node);
        };
    }

    /** As scenarios spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
