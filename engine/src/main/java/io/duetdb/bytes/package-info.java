/** Numbers, doubles as Redis prints them, glob patterns, the keyed hash, checksums: functions on bytes that know nothing else. */
@NullMarked
package io.duetdb.bytes;

import org.jspecify.annotations.NullMarked;
