package io.duetdb.rest;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RestServer} is told at its start. Immutable; the {@code with} methods make changed copies.
 *
 * @param token the standard token, for user {@code default}
 * @param readOnlyToken the token for user {@code default_ro}, or null for none
 * @param runId identifies the history of effects in sync tokens
 * @param maxRequestBytes largest command and largest reply
 * @param headTimeoutMs how long a request's head may take
 * @param bodyTimeoutMs how long a body may bring nothing worth mentioning
 * @param idleTimeoutMs how long a connection may stay between requests, 0 for ever
 * @param lingerMs how long a connection that we close waits for its peer
 * @param sliceNs how long a pipeline may keep the loop per turn
 * @param nanos what slices are measured with
 */
public record RestOptions(
        String token,
        @Nullable String readOnlyToken,
        long runId,
        long maxRequestBytes,
        int headTimeoutMs,
        int bodyTimeoutMs,
        int idleTimeoutMs,
        int lingerMs,
        long sliceNs,
        LongSupplier nanos) {
    /** Refuses what cannot work. */
    public RestOptions {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("an empty REST token");
        }
        if (maxRequestBytes < 1) {
            throw new IllegalArgumentException("rest-max-request-size must be at least 1");
        }
    }

    /** The usual limits, with a standard token only. */
    public static RestOptions of(String token) {
        return new RestOptions(
                token, null, 0, 10 * 1024 * 1024, 15_000, 30_000, 300_000, 5_000, 1_000_000, System::nanoTime);
    }

    /** With a token for reading only. */
    public RestOptions withReadOnlyToken(@Nullable String value) {
        return new RestOptions(
                token,
                value,
                runId,
                maxRequestBytes,
                headTimeoutMs,
                bodyTimeoutMs,
                idleTimeoutMs,
                lingerMs,
                sliceNs,
                nanos);
    }

    /** With sync tokens of the history {@code value}. */
    public RestOptions withRunId(long value) {
        return new RestOptions(
                token,
                readOnlyToken,
                value,
                maxRequestBytes,
                headTimeoutMs,
                bodyTimeoutMs,
                idleTimeoutMs,
                lingerMs,
                sliceNs,
                nanos);
    }

    /** With another limit for commands and replies, in bytes. */
    public RestOptions withMaxRequestBytes(long value) {
        return new RestOptions(
                token,
                readOnlyToken,
                runId,
                value,
                headTimeoutMs,
                bodyTimeoutMs,
                idleTimeoutMs,
                lingerMs,
                sliceNs,
                nanos);
    }

    /** With other deadlines, in milliseconds. */
    public RestOptions withTimeouts(int headMs, int bodyMs, int idleMs) {
        return new RestOptions(
                token, readOnlyToken, runId, maxRequestBytes, headMs, bodyMs, idleMs, lingerMs, sliceNs, nanos);
    }

    /** With other slices for pipelines, measured with {@code clock}. */
    public RestOptions withSlices(long ns, LongSupplier clock) {
        return new RestOptions(
                token,
                readOnlyToken,
                runId,
                maxRequestBytes,
                headTimeoutMs,
                bodyTimeoutMs,
                idleTimeoutMs,
                lingerMs,
                ns,
                clock);
    }

    static byte[] bytes(String token) {
        return token.getBytes(StandardCharsets.UTF_8);
    }
}
