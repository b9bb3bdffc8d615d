/**
 * What operators see of a running ingress: its routes, its certificates, and where a request would go.
 *
 * <p>Reads a translation and what was made of it; writes tables and structures; never shows a key, and never changes
 * anything.
 */
@NullMarked
package io.fairlead.ingress.view;

import org.jspecify.annotations.NullMarked;
