// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Refuses values of options that are not allowed, in the way in which picocli refuses those that it cannot read.
 *
 * @param spec of the command that was called
 */
public record OptionCheck(CommandSpec spec) {
    /** Ends the command with a message unless something holds. */
    public void refuseUnless(boolean allowed, String message) {
        if (!allowed) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** Ends the command unless an option's value is in a range, ends included. */
    public void refuseUnlessBetween(String option, long value, long least, long most) {
        refuseUnless(
                value >= least && value <= most, option + "=" + value + " is not between " + least + " and " + most);
    }

    /** Ends the command with a refusal that another part gave, unless it is empty. */
    public void refuseIf(String refusal) {
        refuseUnless(refusal.isEmpty(), refusal);
    }
}
