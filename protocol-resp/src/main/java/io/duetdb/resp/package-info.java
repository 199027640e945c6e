/**
 * The RESP front-end: sockets on a Netty event loop, which is the engine's thread too. {@link io.duetdb.resp.RespServer}
 * listens, {@link io.duetdb.resp.LoopTurn} ends each turn of the loop with the engine's duties, after which the replies
 * leave.
 */
@NullMarked
package io.duetdb.resp;

import org.jspecify.annotations.NullMarked;
