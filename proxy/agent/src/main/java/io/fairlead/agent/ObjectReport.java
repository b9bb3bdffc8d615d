package io.fairlead.agent;

import io.fairlead.agent.metrics.ProxyCounters;
import io.fairlead.agent.plan.Frontend;
import io.fairlead.agent.view.AgentViews;
import io.fairlead.agent.view.StatusView.SetAsideRow;
import io.fairlead.agent.watch.WatchFeed;
import io.fairlead.cluster.model.ObjectKey;
import io.fairlead.runtime.metrics.Metrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says once of each object what is wrong with it, in the log and by an Event, and once more in the log when it is well.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class ObjectReport {

    private final SyncEngine engine;
    private final Metrics metrics;
    private final AgentEvents events;
    private final WatchFeed feed;
    private final Logger log;
    private Set<SetAsideRow> setAside = Set.of();
    private Set<Frontend> losers = Set.of();

    ObjectReport(SyncEngine engine, Metrics metrics, AgentEvents events, WatchFeed feed, Logger log) {
        this.engine = engine;
        this.metrics = metrics;
        this.events = events;
        this.feed = feed;
        this.log = log;
    }

    /** Compares with what was said after the step before. */
    void stepped() {
        reportSetAside();
        reportContested();
    }

    private void reportSetAside() {
        Set<SetAsideRow> now = new HashSet<>(AgentViews.setAside(engine));
        for (SetAsideRow row : now) {
            if (!setAside.contains(row)) {
                log.log(Level.WARNING, "set aside {0} ({1}): {2}", row.object(), row.where(), row.reason());
                events.setAside(row);
                feed.setAside(row.object(), row.where(), row.reason());
            }
        }
        Set<ObjectKey> objects = now.stream().map(SetAsideRow::object).collect(Collectors.toSet());
        for (SetAsideRow row : setAside) {
            if (!objects.contains(row.object())) {
                log.log(Level.INFO, "{0} is honoured again or gone", row.object());
                feed.honoured(row.object());
            }
        }
        metrics.gauge(ProxyCounters.SET_ASIDE).set(now.size());
        setAside = now;
    }

    private void reportContested() {
        Set<Frontend> now = new HashSet<>();
        for (List<Frontend> claims : engine.planner().contested().values()) {
            Frontend owner = claims.getFirst();
            for (Frontend loser : claims.subList(1, claims.size())) {
                now.add(loser);
                if (!losers.contains(loser)) {
                    log.log(
                            Level.WARNING,
                            "{0} of {1} is served for {2}, which claims it too",
                            loser.key(),
                            loser.port(),
                            owner.port());
                    events.contested(loser, owner);
                }
            }
        }
        metrics.gauge(ProxyCounters.CONTESTED).set(engine.planner().contested().size());
        losers = now;
    }
}
