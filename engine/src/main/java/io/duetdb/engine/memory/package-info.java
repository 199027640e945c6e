/**
 * Where all data lives: pages of bytes that one allocator owns. {@link io.duetdb.engine.memory.PageMemory} is the door:
 * blocks by 64-bit addresses, frozen views, rolling back, a limit.
 */
@NullMarked
package io.duetdb.engine.memory;

import org.jspecify.annotations.NullMarked;
