/**
 * What people and programs see of the agent: tables, JSON, explanations.
 *
 * <p>Reads plans and snapshots; writes text; never changes anything.
 */
@NullMarked
package io.fairlead.agent.view;

import org.jspecify.annotations.NullMarked;
