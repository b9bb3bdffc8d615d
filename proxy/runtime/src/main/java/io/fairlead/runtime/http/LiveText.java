package io.fairlead.runtime.http;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

/**
 * The text of a reply that goes on: what is appended is sent at once.
 *
 * <p>Confined to the thread of one connection.
 */
final class LiveText implements Appendable {

    private final ReplyStream stream;
    private final Channel channel;

    LiveText(ReplyStream stream, Channel channel) {
        this.stream = stream;
        this.channel = channel;
    }

    @Override
    public Appendable append(CharSequence text) throws IOException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        stream.write(text.toString().getBytes(StandardCharsets.UTF_8));
        stream.sendNow();
        return this;
    }

    @Override
    public Appendable append(CharSequence text, int start, int end) throws IOException {
        return append(text.subSequence(start, end));
    }

    @Override
    public Appendable append(char c) throws IOException {
        return append(String.valueOf(c));
    }
}
