package io.fairlead.controller.keys;

/**
 * Is told what happens to the keys. Each call returns at once.
 *
 * <p>Thread-safe.
 */
public interface KeyAccount {

    /** A change was written. */
    void changed();

    /** The Secret could not be read or written. */
    void failed();

    /** What is in the Secret cannot be understood. Said once until it can, or says something else. */
    void unreadable(String reason);

    /** It can be understood. */
    void readable();
}
