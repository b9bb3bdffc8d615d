package io.fairlead.cluster.leader;

/**
 * What begins and ends with being the leader. Calls take turns, and each is short: what is to be ended must end within the
 * time between a leader's last moment and the next one's first, five seconds.
 *
 * <p>Confined to the election's thread.
 */
public interface Leadership {

    void gained();

    void lost();
}
