/**
 * The program {@code fairlead controller}: what one leader does for the whole cluster.
 *
 * <p>Reads the command line, and a Lease that says who leads; writes the log, Events and pages; never acts while another
 * one leads.
 */
@NullMarked
package io.fairlead.controller;

import org.jspecify.annotations.NullMarked;
