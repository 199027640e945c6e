/**
 * RESP on byte arrays: {@link io.duetdb.wire.RespDecoder} makes requests of what arrives,
 * {@link io.duetdb.wire.RespReply} spells answers in RESP2 and RESP3, {@link io.duetdb.wire.CommandEncoder} spells
 * requests. Sockets, the append-only file and REST's resp2 format use them; nothing here knows a command.
 */
@NullMarked
package io.duetdb.wire;

import org.jspecify.annotations.NullMarked;
