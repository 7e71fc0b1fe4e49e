/**
 * Random histories of calls, played to a store and to {@link io.github.quotaguard.model.Model}, which says what each
 * call has to answer. The model is written from the design alone and shares no rule with the stores: it keeps lives and
 * nothing else, and takes every sum anew.
 */
@NullMarked
package io.github.quotaguard.model;

import org.jspecify.annotations.NullMarked;
