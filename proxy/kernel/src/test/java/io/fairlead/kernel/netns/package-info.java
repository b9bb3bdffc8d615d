/** Tests of namespaces, in namespaces that they make and remove. */
@NullMarked
package io.fairlead.kernel.netns;

import org.jspecify.annotations.NullMarked;
