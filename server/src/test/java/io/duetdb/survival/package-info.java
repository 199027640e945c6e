/**
 * Whole processes that are killed, told to end, starved of disk and of memory under load, whose power is cut and whose
 * disk fails, and started again: what they acknowledged must be there. {@link io.duetdb.survival.Load} drives one,
 * {@link io.duetdb.survival.Model} knows what it must hold.
 */
@NullMarked
package io.duetdb.survival;

import org.jspecify.annotations.NullMarked;
