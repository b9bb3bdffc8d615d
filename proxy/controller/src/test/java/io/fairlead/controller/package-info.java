/** Tests of the package of the same name. */
@NullMarked
package io.fairlead.controller;

import org.jspecify.annotations.NullMarked;
