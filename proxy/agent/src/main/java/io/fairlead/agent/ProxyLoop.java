package io.fairlead.agent;

import io.fairlead.agent.SyncSchedule.Due;
import io.fairlead.agent.metrics.RecentTimes;
import io.fairlead.agent.view.StatusView;
import io.fairlead.cluster.ChangeTally;
import io.fairlead.cluster.ClusterDelta;
import io.fairlead.cluster.ClusterSnapshot;
import io.fairlead.cluster.SnapshotSubscriber;
import io.fairlead.cluster.model.IpAddress;
import io.fairlead.kernel.KernelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The agent's one thread: batches changes as {@link SyncSchedule} promises, steps the {@link SyncEngine}, and answers
 * questions between two steps. Other threads only put things into its mailbox.
 *
 * <p>Thread-safe.
 */
public final class ProxyLoop implements SnapshotSubscriber, AutoCloseable {

    private final SyncEngine engine;
    private final SyncSchedule schedule;
    private final RecentTimes recent = new RecentTimes();
    private volatile @Nullable Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition mail = lock.newCondition();

    // Guarded by the lock: the mailbox.
    private ClusterDelta delta = ClusterDelta.EMPTY;
    private @Nullable ClusterSnapshot snapshot;
    private Set<IpAddress> addresses = Set.of();
    /** When the oldest change that is not in the kernel was put here; 0 if all are. */
    private long unappliedSince;
    /** The same of the step that is running. */
    private long applyingSince;

    private boolean closed;
    private final Queue<Runnable> questions = new ArrayDeque<>();

    /**
     * Told after each step.
     *
     * <p>Confined to the proxy loop's thread.
     */
    public interface SyncObserver {

        /**
         * @param queuedNanos since the oldest change of the step was put into the mailbox, 0 without one
         * @param stepNanos that planning and applying took
         */
        void stepped(SyncEngine.Step step, long queuedNanos, long stepNanos);

        /** A step could not even begin, for example because the kernel could not be read. */
        void failed(KernelException error);
    }

    /**
     * @param min at least so long between the starts of two steps
     * @param max at most so long between two comparisons of everything with the kernel
     * @param retry after a failure
     */
    public ProxyLoop(SyncEngine engine, Duration min, Duration max, Duration retry) {
        this.engine = engine;
        this.schedule = new SyncSchedule(min, max, retry);
    }

    public void start(SyncObserver observer) {
        thread = Thread.ofPlatform().name("proxy-loop").start(() -> run(observer));
    }

    @Override
    public void onSnapshot(ClusterDelta next, ClusterSnapshot latest) {
        put(() -> {
            delta = delta.merge(next);
            snapshot = latest;
            markChanged();
        });
    }

    /** Every address on an interface of the node. */
    public void onAddresses(Set<IpAddress> all) {
        put(() -> {
            if (!all.equals(addresses)) {
                addresses = Set.copyOf(all);
                markChanged();
            }
        });
    }

    /** Somebody else changed our table: compare everything with the kernel at once. */
    public void onForeignChange() {
        put(schedule::doubt);
    }

    /** Asks between two steps; a loop that is closed answers with an exception. */
    public <T> CompletableFuture<T> ask(Function<SyncEngine, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        put(() -> {
            if (closed) {
                answer.completeExceptionally(new IllegalStateException("the agent is stopping"));
            } else {
                questions.add(() -> answerTo(question, answer));
            }
        });
        return answer;
    }

    /** Nanoseconds that the oldest change has been waiting to be applied, 0 if there is none. */
    public long overdueNanos() {
        lock.lock();
        try {
            long since = applyingSince != 0 ? applyingSince : unappliedSince;
            return since == 0 ? 0 : System.nanoTime() - since;
        } finally {
            lock.unlock();
        }
    }

    /** How long the last few changes took to get into the kernel. */
    StatusView.Times recent() {
        return recent.times();
    }

    /** Changes that wait for a step to take them. */
    ChangeTally pending() {
        lock.lock();
        try {
            return delta.tally();
        } finally {
            lock.unlock();
        }
    }

    private <T> void answerTo(Function<SyncEngine, T> question, CompletableFuture<T> answer) {
        try {
            answer.complete(question.apply(engine));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void put(Runnable change) {
        lock.lock();
        try {
            change.run();
            mail.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The lock is held. Before the first snapshot nothing can be applied, so nothing is overdue. */
    private void markChanged() {
        if (snapshot != null) {
            schedule.change();
            if (unappliedSince == 0) {
                unappliedSince = System.nanoTime();
            }
        }
    }

    private void run(SyncObserver observer) {
        while (true) {
            Due due = awaitDue();
            List<Runnable> asked = takeQuestions();
            asked.forEach(Runnable::run);
            if (due != Due.NOTHING) {
                step(due, observer);
            } else if (asked.isEmpty()) {
                return;
            }
        }
    }

    /** Waits until a step is due or a question was asked; {@link Due#NOTHING} and no question means the end. */
    private Due awaitDue() {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                Due due = schedule.due(now);
                if (due != Due.NOTHING) {
                    schedule.begin(due, now);
                    return due;
                }
                if (!questions.isEmpty()) {
                    return Due.NOTHING;
                }
                long _ = mail.awaitNanos(schedule.waitNanos(now));
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            lock.unlock();
        }
        return Due.NOTHING;
    }

    private List<Runnable> takeQuestions() {
        lock.lock();
        try {
            List<Runnable> asked = List.copyOf(questions);
            questions.clear();
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** What one step works on. */
    private record Work(ClusterDelta delta, ClusterSnapshot snapshot, Set<IpAddress> addresses, long since) {}

    private Work takeWork() {
        lock.lock();
        try {
            ClusterSnapshot latest = snapshot == null ? ClusterSnapshot.EMPTY : snapshot;
            Work work = new Work(delta, latest, addresses, unappliedSince);
            delta = ClusterDelta.EMPTY;
            applyingSince = unappliedSince;
            unappliedSince = 0;
            return work;
        } finally {
            lock.unlock();
        }
    }

    private void step(Due due, SyncObserver observer) {
        Work work = takeWork();
        long start = System.nanoTime();
        boolean success = false;
        try {
            SyncEngine.Step step = due == Due.CHANGES
                    ? engine.apply(work.delta, work.snapshot, work.addresses)
                    : engine.applyEverything(work.delta, work.snapshot, work.addresses);
            long end = System.nanoTime();
            observer.stepped(step, work.since == 0 ? 0 : end - work.since, end - start);
            success = !step.result().dirty();
            if (success && work.since != 0) {
                recent.add(end - work.since);
            }
        } catch (KernelException e) {
            observer.failed(e);
        }
        boolean ended = success;
        put(() -> {
            schedule.end(ended);
            applyingSince = 0;
            if (!ended) {
                // A comparison that fails is overdue like a change, or nobody would hear of it.
                unappliedSince = work.since != 0 ? work.since : start;
            }
        });
    }

    /** Ends after the step that is running; what is in the kernel stays. */
    @Override
    public void close() {
        put(() -> closed = true);
        Thread running = thread;
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
