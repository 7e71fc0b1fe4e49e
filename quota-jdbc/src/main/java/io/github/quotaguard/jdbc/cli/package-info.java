/**
 * The command line that operators run, packed as {@code quota-cli.jar}. Not exported: {@code java -jar quota-cli.jar
 * --help} tells the rest.
 */
@NullMarked
package io.github.quotaguard.jdbc.cli;

import org.jspecify.annotations.NullMarked;
