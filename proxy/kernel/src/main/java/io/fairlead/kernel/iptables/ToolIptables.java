package io.fairlead.kernel.iptables;

import io.fairlead.kernel.Errno;
import io.fairlead.kernel.KernelException;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tables behind the installed tools. Who finds the tables locked or changed meanwhile tries again after a random time,
 * so that two that met do not meet again.
 *
 * <p>Confined to one thread at a time.
 */
public final class ToolIptables implements Iptables {

    private static final int ATTEMPTS_MAX = 3;
    private static final int PAUSE_MILLIS_MAX = 200;
    private static final int LOCK_SECONDS = 5;

    private final IptablesTools tools;
    private final boolean ipv6;

    public ToolIptables(IptablesTools tools, boolean ipv6) {
        this.tools = tools;
        this.ipv6 = ipv6;
    }

    @Override
    public boolean ipv6() {
        return ipv6;
    }

    @Override
    public IptablesRuleset read(Collection<String> tables) {
        IptablesRuleset.Reader reader = new IptablesRuleset.Reader(tables);
        tools.read(reader::line);
        return reader.end();
    }

    @Override
    public void apply(IptablesTransaction transaction) {
        String input = transaction.toString();
        for (int attempt = 1; ; attempt++) {
            try {
                tools.apply(input, LOCK_SECONDS);
                return;
            } catch (KernelException e) {
                if (e.errno() != Errno.EAGAIN || attempt == ATTEMPTS_MAX || !pause()) {
                    throw e;
                }
            }
        }
    }

    /** @return false if the thread was told to end */
    private static boolean pause() {
        long millis = 1L + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS_MAX);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
        return !Thread.currentThread().isInterrupted();
    }
}
