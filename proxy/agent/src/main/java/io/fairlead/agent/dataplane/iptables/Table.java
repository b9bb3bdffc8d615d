package io.fairlead.agent.dataplane.iptables;

import io.fairlead.kernel.iptables.IptablesRule;
import io.fairlead.kernel.iptables.IptablesRuleset;
import io.fairlead.kernel.iptables.IptablesTransaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Our chains in one table and the rules by which others' lead to them: desired against observed. Of the rules of a chain
 * only a digest is kept once the kernel has them.
 *
 * <p>Confined to the proxy loop's thread.
 */
final class Table {

    /** What all our chains begin with. */
    static final String PREFIX = "FL-";
    /** What the comments of our rules in built-in chains begin with. */
    static final String HOOK_COMMENT = "fairlead: ";
    /** Whoever's chain comes first decides, and this one may be what a kube-proxy left that no longer runs. */
    private static final String KUBE_PROXY = "-j KUBE-SERVICES";

    private final String name;
    private final Map<String, Digest> desired = new HashMap<>();
    private final Map<String, Digest> observed = new HashMap<>();
    private final Map<String, List<IptablesRule>> pending = new LinkedHashMap<>();
    /** Written, and not known to be in the kernel yet. */
    private final Map<String, List<IptablesRule>> sent = new LinkedHashMap<>();

    private final Set<String> doomed = new LinkedHashSet<>();

    private final Set<Hook> hooks = new LinkedHashSet<>();
    private final List<Hook> observedHooks = new ArrayList<>();
    /** Of those: behind one of kube-proxy's. */
    private final Set<Hook> behind = new HashSet<>();

    /** Of a chain's rules; nobody finds other rules of the same digest. */
    private record Digest(long first, long second) {

        static Digest of(List<IptablesRule> rules) {
            MessageDigest sha = Names.sha256();
            for (IptablesRule rule : rules) {
                sha.update(rule.text().getBytes(StandardCharsets.UTF_8));
                sha.update((byte) '\n');
            }
            ByteBuffer bytes = ByteBuffer.wrap(sha.digest());
            return new Digest(bytes.getLong(), bytes.getLong());
        }
    }

    /** A rule of a built-in chain that leads to ours. */
    private record Hook(String chain, IptablesRule rule) {}

    Table(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Takes what the kernel has; what was known of it before is forgotten. */
    void observe(IptablesRuleset ruleset) {
        observed.clear();
        observedHooks.clear();
        behind.clear();
        doomed.clear();
        ruleset.chains(name).forEach((chain, content) -> {
            if (chain.startsWith(PREFIX)) {
                observed.put(chain, Digest.of(content.rules()));
            } else {
                observeHooks(chain, content.rules());
            }
        });
        sent.forEach(pending::putIfAbsent);
        sent.clear();
        pending.keySet().removeIf(chain -> !desired.containsKey(chain) || stands(chain));
        observed.keySet().stream().filter(chain -> !desired.containsKey(chain)).forEach(doomed::add);
    }

    private void observeHooks(String chain, List<IptablesRule> rules) {
        boolean found = false;
        for (IptablesRule rule : rules) {
            if (isHook(rule)) {
                Hook hook = new Hook(chain, rule);
                observedHooks.add(hook);
                if (found) {
                    behind.add(hook);
                }
            }
            found |= rule.text().endsWith(KUBE_PROXY);
        }
    }

    private static boolean equal(@Nullable Digest one, @Nullable Digest other) {
        return one != null && one.equals(other);
    }

    /** Whether it is a rule that we put into a built-in chain, of whatever layout; others may lead to our chains, too. */
    private static boolean isHook(IptablesRule rule) {
        List<String> words = rule.words();
        int comment = words.indexOf("--comment") + 1;
        return comment > 0
                && words.get(comment).startsWith(HOOK_COMMENT)
                && words.getLast().startsWith(PREFIX);
    }

    /** A chain shall have these rules. */
    void want(String chain, List<IptablesRule> rules) {
        Digest digest = Digest.of(rules);
        desired.put(chain, digest);
        doomed.remove(chain);
        if (digest.equals(observed.get(chain))) {
            pending.remove(chain);
        } else {
            pending.put(chain, List.copyOf(rules));
        }
    }

    void unwant(String chain) {
        desired.remove(chain);
        pending.remove(chain);
        if (observed.containsKey(chain)) {
            doomed.add(chain);
        }
    }

    /** A built-in chain shall have this rule, before what is there, and before what a kube-proxy puts there later. */
    void wantHook(String chain, IptablesRule rule) {
        hooks.add(new Hook(chain, rule));
    }

    /** No built-in chain shall lead to ours. */
    void unwantHooks() {
        hooks.clear();
    }

    /** Whether anything of ours was there. */
    boolean isFound() {
        return !observed.isEmpty() || !observedHooks.isEmpty();
    }

    /** Whether the kernel has a chain as it is wanted. */
    boolean stands(String chain) {
        return equal(desired.get(chain), observed.get(chain));
    }

    boolean isClean() {
        return pending.isEmpty() && doomed.isEmpty() && hooksStand();
    }

    private boolean hooksStand() {
        return behind.isEmpty() && observedHooks.size() == hooks.size() && hooks.containsAll(observedHooks);
    }

    /** Chains to be written or removed. */
    int changes() {
        return pending.size() + doomed.size();
    }

    /** What is to be done to the table, in one. */
    void write(IptablesTransaction transaction) {
        transaction.table(name);
        // The tool for nf_tables keeps chains in order, and finds the place of each from the beginning.
        List<String> declared = new ArrayList<>(pending.keySet());
        declared.addAll(doomed);
        declared.sort(Comparator.reverseOrder());
        declared.forEach(transaction::chain);
        pending.forEach(transaction::append);
        Set<Hook> missing = new LinkedHashSet<>(hooks);
        Set<Hook> seen = new HashSet<>();
        for (Hook hook : observedHooks) {
            boolean stays = hooks.contains(hook) && !behind.contains(hook) && seen.add(hook);
            if (stays) {
                missing.remove(hook);
            } else {
                transaction.delete(hook.chain, hook.rule);
            }
        }
        missing.forEach(hook -> transaction.prepend(hook.chain, hook.rule));
        doomed.forEach(transaction::deleteChain);
    }

    /** Takes what was written for what the kernel has, until {@link #observe} says that it was refused. */
    void written() {
        pending.keySet().forEach(chain -> observed.put(chain, desired.getOrDefault(chain, Digest.of(List.of()))));
        sent.putAll(pending);
        pending.clear();
        doomed.forEach(observed::remove);
        doomed.clear();
        observedHooks.clear();
        observedHooks.addAll(hooks);
        behind.clear();
    }

    /** The kernel has what was written. */
    void settled() {
        sent.clear();
    }
}
