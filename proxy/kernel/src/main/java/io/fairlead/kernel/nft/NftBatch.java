package io.fairlead.kernel.nft;

import io.fairlead.kernel.KernelException;
import io.fairlead.kernel.netlink.NetlinkAnswer;
import io.fairlead.kernel.netlink.NetlinkAttributes;
import io.fairlead.kernel.netlink.NetlinkClient;
import io.fairlead.kernel.netlink.NetlinkMessage;
import io.fairlead.kernel.netlink.NetlinkWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as one datagram: NFNL_MSG_BATCH_BEGIN, the messages of every step, NFNL_MSG_BATCH_END. The kernel works
 * through all of it, reports every message that failed by its sequence number, and commits only if there was none.
 *
 * <p>Confined to the thread of its driver.
 */
final class NftBatch {

    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;

    /** An attribute, so also a list of elements, ends at 64 KB: longer lists go on in another message. */
    private static final int ELEMENT_LIST_BYTES = 60_000;

    /** In an element, behind the headers of the item, the key and its value. The element's value stands at its end. */
    private static final int KEY_OFFSET = 12;

    private static final int POLICY_ACCEPT = 1;

    /** Offset of the table's name, whose number is also that of an item of a list. */
    private static final int FIRST_ATTRIBUTE = 20;

    private final NetlinkClient client;
    private final NetlinkWriter writer;
    private final NftRuleWriter rules;
    private final NftTransaction transaction;
    private final int beginSequence;
    /** Sequence number of the last message of each step: tells the step that an answer is about. */
    private final int[] lastSequences;

    private int sets;

    private NftBatch(NetlinkClient client, NftTransaction transaction) {
        this.client = client;
        this.transaction = transaction;
        this.writer = client.begin(BATCH_BEGIN, 0);
        this.rules = new NftRuleWriter(writer);
        this.beginSequence = client.sequence();
        this.lastSequences = new int[transaction.operations().size()];
        NfTables.header(writer, 0, NfTables.SUBSYSTEM);
    }

    /** Writes the whole transaction into the client's buffer. */
    static NftBatch write(NetlinkClient client, NftTransaction transaction) {
        NftBatch batch = new NftBatch(client, transaction);
        List<NftOperation> operations = transaction.operations();
        for (int i = 0; i < operations.size(); i++) {
            batch.write(operations.get(i));
            batch.lastSequences[i] = client.sequence();
        }
        // The acknowledgement of the end itself exists only from kernel 6.10 on, that of the last step always. It
        // comes when all is committed.
        batch.writer.addFlags(NetlinkClient.FLAG_ACK);
        client.beginAnother(BATCH_END, 0);
        NfTables.header(batch.writer, 0, NfTables.SUBSYSTEM);
        return batch;
    }

    private void write(NftOperation operation) {
        switch (operation) {
            case NftOperation.AddTable add -> {
                begin(NfTables.NEW_TABLE, NetlinkClient.FLAG_CREATE);
                writer.putNetworkInt(
                        NfTables.TABLE_FLAGS,
                        add.owned() ? NfTables.TABLE_FLAG_OWNER | NfTables.TABLE_FLAG_PERSIST : 0);
            }
            case NftOperation.DeleteTable ignored -> begin(NfTables.DELETE_TABLE, 0);
            case NftOperation.AddChain add -> addChain(add.chain());
            case NftOperation.DeleteChain delete -> {
                begin(NfTables.DELETE_CHAIN, 0);
                writer.putText(NfTables.CHAIN_NAME, delete.chain());
            }
            case NftOperation.ReplaceRules replace -> replaceRules(replace);
            case NftOperation.AddSet add -> {
                begin(NfTables.NEW_SET, NetlinkClient.FLAG_CREATE);
                NftSetCodec.write(writer, add.set(), ++sets);
            }
            case NftOperation.DeleteSet delete -> {
                begin(NfTables.DELETE_SET, 0);
                writer.putText(NfTables.ELEMENTS_SET, delete.set());
            }
            case NftOperation.Elements elements -> elements(elements);
        }
    }

    private void begin(int type, int flags) {
        client.beginAnother(type, flags);
        NfTables.header(writer, transaction.table().family().number(), 0);
        writer.putText(NfTables.TABLE, transaction.table().name());
    }

    private void addChain(NftChain chain) {
        begin(NfTables.NEW_CHAIN, NetlinkClient.FLAG_CREATE);
        writer.putText(NfTables.CHAIN_NAME, chain.name());
        NftChain.Base base = chain.base();
        if (base != null) {
            int hook = writer.beginNested(NfTables.CHAIN_HOOK);
            writer.putNetworkInt(NfTables.HOOK_NUMBER, base.hook().number());
            writer.putNetworkInt(NfTables.HOOK_PRIORITY, base.priority());
            writer.endNested(hook);
            writer.putNetworkInt(NfTables.CHAIN_POLICY, POLICY_ACCEPT);
            writer.putText(NfTables.CHAIN_TYPE, base.type().toString());
        }
    }

    private void replaceRules(NftOperation.ReplaceRules replace) {
        begin(NfTables.DELETE_RULE, 0);
        writer.putText(NfTables.RULE_CHAIN, replace.chain());
        for (NftRule rule : replace.rules()) {
            begin(NfTables.NEW_RULE, NetlinkClient.FLAG_CREATE | NetlinkClient.FLAG_APPEND);
            writer.putText(NfTables.RULE_CHAIN, replace.chain());
            rules.write(transaction.table().family(), rule);
        }
    }

    /**
     * Hot path: a cold start passes hundreds of thousands of elements through here, on a JVM that compiled nothing yet.
     * All elements of a run look alike but for their bytes (verdicts apart), so the first is copied.
     */
    private void elements(NftOperation.Elements operation) {
        NftElements elements = operation.elements();
        int type = operation.delete() ? NfTables.DELETE_ELEMENT : NfTables.NEW_ELEMENT;
        int flags = operation.delete() ? 0 : NetlinkClient.FLAG_CREATE;
        boolean alike = operation.delete() || !operation.set().verdicts();
        for (int i = 0; i < elements.count(); ) {
            begin(type, flags);
            writer.putText(NfTables.ELEMENTS_SET, operation.set().name());
            int start = writer.size();
            int list = writer.beginNested(NfTables.ELEMENTS_LIST);
            int first = writer.size();
            element(operation.set(), elements, i++);
            int length = writer.size() - first;
            for (; i < elements.count() && writer.size() - start < ELEMENT_LIST_BYTES; i++) {
                if (alike) {
                    copyElement(elements, i, first, length);
                } else {
                    element(operation.set(), elements, i);
                }
            }
            writer.endNested(list);
        }
    }

    private void copyElement(NftElements elements, int index, int first, int length) {
        int start = writer.size();
        writer.repeat(first, length);
        writer.overwrite(start + KEY_OFFSET, elements.buffer(), elements.keyOffset(index), elements.keyLength());
        if (elements.valueLength() > 0) {
            int value = start + length - padded(elements.valueLength());
            writer.overwrite(value, elements.buffer(), elements.valueOffset(index), elements.valueLength());
        }
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }

    private void element(NftSet set, NftElements elements, int index) {
        int item = writer.beginNested(NfTables.LIST_ITEM);
        int key = writer.beginNested(NfTables.ELEMENT_KEY);
        writer.putBytes(NfTables.DATA_VALUE, elements.buffer(), elements.keyOffset(index), elements.keyLength());
        writer.endNested(key);
        int length = elements.valueLength();
        if (length > 0 && set.verdicts()) {
            NftVerdict verdict = transaction.verdicts().verdict(elements.verdictNumber(index));
            NfTables.verdict(writer, NfTables.ELEMENT_DATA, verdict);
        } else if (length > 0) {
            int data = writer.beginNested(NfTables.ELEMENT_DATA);
            writer.putBytes(NfTables.DATA_VALUE, elements.buffer(), elements.valueOffset(index), length);
            writer.endNested(data);
        }
        writer.endNested(item);
    }

    /** Sends what was written, and throws if the kernel did not commit it. */
    void commit() {
        List<NetlinkAnswer> answers = client.executeAll("commit", name());
        boolean acknowledged = false;
        int failures = 0;
        @Nullable NetlinkAnswer first = null;
        for (NetlinkAnswer answer : answers) {
            int index = answer.sequence() - beginSequence;
            if (index < 0 || index > client.sequence() - beginSequence) {
                continue;
            }
            if (answer.errno() == 0) {
                acknowledged = true;
                continue;
            }
            failures++;
            // A later failure is often only the consequence of an earlier one.
            if (first == null || index < first.sequence() - beginSequence) {
                first = answer;
            }
        }
        if (first != null) {
            throw failure(first, failures);
        }
        if (!acknowledged) {
            throw new KernelException("commit", name(), 0, "the kernel did not acknowledge it");
        }
    }

    private String name() {
        return "transaction on " + transaction.table();
    }

    private KernelException failure(NetlinkAnswer answer, int failures) {
        String more = failures > 1 ? "; " + (failures - 1) + " more failed with it" : "";
        if (answer.sequence() == beginSequence) {
            return new KernelException("commit", name(), answer.errno(), answer.text() + more);
        }
        int step = 0;
        while (step < lastSequences.length - 1 && lastSequences[step] - answer.sequence() < 0) {
            step++;
        }
        NftOperation operation = transaction.operations().get(step);
        int message = answer.sequence() - (step == 0 ? beginSequence : lastSequences[step - 1]);
        return operation.refusal(
                transaction.table(), answer.errno(), detail(operation, message, answer) + answer.text() + more);
    }

    /** Which part of a step of many messages the kernel refused. */
    private String detail(NftOperation operation, int message, NetlinkAnswer answer) {
        return switch (operation) {
            case NftOperation.ReplaceRules replace
            when message > 1 ->
                "rule " + (message - 1) + " \""
                        + replace.rules().get(message - 2).comment() + "\" ";
            case NftOperation.Elements elements -> element(elements, answer);
            default -> "";
        };
    }

    /** The kernel points at the element in the list, as an offset in the message. */
    private String element(NftOperation.Elements operation, NetlinkAnswer answer) {
        NetlinkMessage message = new NetlinkMessage();
        NetlinkAttributes attribute = new NetlinkAttributes();
        if (answer.offset() <= FIRST_ATTRIBUTE || !client.request(answer.sequence(), message)) {
            return "";
        }
        message.attributesAt(answer.offset(), attribute);
        if (!attribute.next() || attribute.type() != NfTables.LIST_ITEM) {
            return "";
        }
        for (int depth = 0; depth < 2; depth++) {
            attribute.nested(attribute);
            attribute.next();
        }
        byte[] key = new byte[operation.set().keyLength()];
        attribute.copyTo(key);
        return "key " + NftData.of(key) + " ";
    }
}
