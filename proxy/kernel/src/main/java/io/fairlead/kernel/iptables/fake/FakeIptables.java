package io.fairlead.kernel.iptables.fake;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.fake.Faults.Fault;
import io.fairlead.kernel.iptables.Iptables;
import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesTransaction;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tools of one family on a {@link FakeIptablesKernel}: read what a transaction says line by line, refuse what the real
 * ones refuse, and change nothing of a table then.
 *
 * <p>Confined to one thread at a time.
 */
public final class FakeIptables implements Iptables {

    private static final String TOOL = "fake iptables";

    private final FakeIptablesKernel kernel;
    private final boolean ipv6;

    FakeIptables(FakeIptablesKernel kernel, boolean ipv6) {
        this.kernel = kernel;
        this.ipv6 = ipv6;
    }

    @Override
    public boolean ipv6() {
        return ipv6;
    }

    @Override
    public IptablesRuleset read(Collection<String> tables) {
        synchronized (kernel) {
            failIf(kernel.countRead(), "read the tables of");
            IptablesRuleset.Reader reader = new IptablesRuleset.Reader(tables);
            kernel.tables(ipv6).values().forEach(table -> table.print(reader::line));
            return reader.end();
        }
    }

    @Override
    public void apply(IptablesTransaction transaction) {
        List<String> lines = transaction.toString().lines().toList();
        synchronized (kernel) {
            Fault fault = kernel.countApply();
            if (!fault.fails() || fault.applied()) {
                new Restore(lines).run();
            }
            failIf(fault, "change the tables of");
        }
    }

    private static void failIf(Fault fault, String operation) {
        if (fault.fails()) {
            throw new KernelException(operation, TOOL, fault.errno(), "injected fault");
        }
    }

    /** What {@code iptables-restore --noflush} does with its input. */
    private final class Restore {

        private final List<String> lines;
        private String name = "";
        private FakeTable table = FakeTable.empty("nat");
        private final Set<String> declared = new HashSet<>();

        Restore(List<String> lines) {
            this.lines = lines;
        }

        void run() {
            for (int i = 0; i < lines.size(); i++) {
                try {
                    line(lines.get(i));
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new KernelException(
                            "change the tables of",
                            TOOL,
                            0,
                            e.getMessage() + " (line " + (i + 1) + ": " + lines.get(i) + ")");
                }
            }
            if (!name.isEmpty()) {
                throw new KernelException("change the tables of", TOOL, 0, "COMMIT expected at the end");
            }
        }

        private void line(String line) {
            if (kernel.refuses(line)) {
                throw new IllegalArgumentException("the kernel lacks what this asks for");
            }
            Map<String, FakeTable> tables = kernel.tables(ipv6);
            if (line.startsWith("*")) {
                if (!name.isEmpty()) {
                    throw new IllegalArgumentException("COMMIT expected");
                }
                name = line.substring(1);
                FakeTable present = tables.get(name);
                table = present == null ? FakeTable.empty(name) : present.copy();
                declared.clear();
            } else if (name.isEmpty()) {
                throw new IllegalArgumentException("no table");
            } else if (line.equals("COMMIT")) {
                table.check();
                tables.put(name, table);
                kernel.forgetUnusedLists();
                name = "";
            } else if (line.startsWith(":")) {
                String chain = line.substring(1, line.indexOf(' '));
                if (!declared.add(chain)) {
                    throw new IllegalArgumentException("declared twice: " + chain);
                }
                table.declare(chain);
            } else {
                command(line.split(" ", 3));
            }
        }

        private void command(String[] words) {
            String chain = words[1];
            switch (words[0]) {
                case "-A" -> table.append(chain, rule(words.length > 2 ? words[2] : ""));
                case "-I" -> {
                    if (!words[2].startsWith("1 ")) {
                        throw new IllegalArgumentException("not at the beginning");
                    }
                    table.prepend(chain, rule(words[2].substring(2)));
                }
                case "-D" -> table.delete(chain, rule(words[2]));
                case "-X" -> table.deleteChain(chain);
                default -> throw new IllegalArgumentException("unknown option \"" + words[0] + "\"");
            }
        }

        private FakeRule rule(String text) {
            return FakeRuleParser.parse(new IptablesRule(text), ipv6);
        }
    }
}
