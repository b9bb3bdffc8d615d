package io.fairlead.agent.plan;

/**
 * What one kind of client gets at a frontend.
 *
 * <p>Immutable.
 *
 * @param scope the list of backends; means nothing unless the verdict is FORWARD
 * @param masquerade whether the source becomes an address of this node; a backend that reaches itself is always
 *     masqueraded
 * @param reason the rule of policy, as {@code explain} says it
 */
public record ClientRule(Client client, Verdict verdict, Scope scope, boolean masquerade, String reason) {}
