/**
 * The Upstash-compatible HTTP interface. A guided tour, in the order a request travels:
 *
 * <ul>
 *   <li>{@link io.duetdb.rest.RestServer} listens and holds what all connections of the loop share.
 *   <li>{@link io.duetdb.rest.RestConnection} is one socket: bytes in, bytes out, deadlines, the reply gate.
 *   <li>{@link io.duetdb.rest.HttpHead} and {@link io.duetdb.rest.HttpBody} read HTTP/1.1, strictly, on byte arrays.
 *   <li>{@link io.duetdb.rest.Exchange} is one request and its response; {@link io.duetdb.rest.PathForm} and
 *       {@link io.duetdb.rest.JsonRows} turn it into {@link io.duetdb.rest.Rows} of arguments.
 *   <li>{@link io.duetdb.rest.RestEngine} executes the rows; their replies are written by
 *       {@link io.duetdb.rest.JsonReply}.
 * </ul>
 */
@NullMarked
package io.duetdb.rest;

import org.jspecify.annotations.NullMarked;
