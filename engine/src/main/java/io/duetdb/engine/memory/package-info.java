/**
 * Where all data lives: pages of bytes that one allocator owns. {@link io.duetdb.engine.memory.PageMemory} is the door:
 * blocks by 64-bit addresses, frozen views, rolling back, a limit. Structures that are only bytes stand above it:
 * {@link io.duetdb.engine.memory.ChunkedBytes} for what is longer than a block,
 * {@link io.duetdb.engine.memory.Reclaimer} for giving big things back in budgets, hash table, timing wheel and the rest.
 */
@NullMarked
package io.duetdb.engine.memory;

import org.jspecify.annotations.NullMarked;
