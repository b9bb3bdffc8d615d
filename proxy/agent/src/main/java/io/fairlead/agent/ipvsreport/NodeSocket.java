package io.fairlead.agent.ipvsreport;

import io.fairlead.cluster.model.IpAddress;
import io.fairlead.cluster.model.Protocol;

/**
 * A socket whose own address is one of Services.
 *
 * <p>Immutable.
 *
 * @param listens whether it waits for others; else it is connected
 * @param process name and number of a process that has it; empty if that cannot be seen
 */
public record NodeSocket(IpAddress address, int port, Protocol protocol, boolean listens, String process) {}
