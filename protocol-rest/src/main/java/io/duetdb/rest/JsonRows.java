package io.duetdb.rest;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads command arrays, {@code ["SET","k","v"]} or a list of them, from JSON that arrives in pieces of any size, straight
 * into {@link Rows}. Strings become UTF-8, numbers keep the text they were written with, truth values become
 * {@code true} and {@code false}; null, objects and arrays are no arguments.
 *
 * <p>The parser is kept from one body to the next: a body is one of its root values. After a fault it is replaced.
 */
final class JsonRows {
    private static final int DEPTH_MAX = 128;
    private static final int NUMBER_MAX = 1000;
    private static final int ARGUMENTS_MAX = 1024 * 1024;
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private final JsonFactory factory;
    private final long limit;
    private @Nullable JsonParser parser;
    private @Nullable ByteArrayFeeder feeder;

    private final Rest rest = new Rest();

    private boolean list;
    private String subject = "command";
    private int depth;
    private boolean complete;
    private long rowBytes;
    private byte @Nullable [] error;
    private boolean tooLarge;

    /** A reader that refuses commands of more than {@code limit} bytes. */
    JsonRows(JsonFactory factory, long limit) {
        this.factory = factory;
        this.limit = limit;
    }

    /** A factory of parsers that refuse strings longer than {@code limit} characters. */
    static JsonFactory factory(long limit) {
        return new JsonFactoryBuilder()
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNumberLength(NUMBER_MAX)
                        .maxStringLength((int) Math.min(Integer.MAX_VALUE - 16, limit))
                        .build())
                .build();
    }

    /** Starts a body: one command, or a list of them. {@code named} is what errors call it. */
    void begin(boolean expectList, String named) {
        if (depth != 0 || (parser != null && !complete)) {
            discard();
        }
        list = expectList;
        subject = named;
        depth = 0;
        complete = false;
        rowBytes = 0;
        error = null;
        tooLarge = false;
    }

    /** Whether the whole array was read. */
    boolean complete() {
        return complete;
    }

    /** The error line for what was wrong with the body, or null. */
    byte @Nullable [] error() {
        return error;
    }

    /** Whether the error is that a command was too large. */
    boolean tooLarge() {
        return tooLarge;
    }

    /** Forgets the parser, and what memory it holds. */
    void discard() {
        JsonParser old = parser;
        parser = null;
        feeder = null;
        if (old != null) {
            old.close();
        }
    }

    /** Reads a piece of the body. False when the body is refused, see {@link #error}. */
    boolean feed(byte[] bytes, int from, int to, Rows rows) {
        if (error != null) {
            return false;
        }
        if (complete) {
            return blank(bytes, from, to - from) || refuse("");
        }
        rowBytes += to - from;
        try {
            JsonParser json = parser();
            ByteArrayFeeder input = feeder;
            if (input != null) {
                input.feedInput(bytes, from, to);
            }
            JsonToken token = json.nextToken();
            while (token != JsonToken.NOT_AVAILABLE && accept(json, token, rows)) {
                if (complete && !onlyBlanksLeft(json)) {
                    return refuse("");
                }
                token = json.nextToken();
            }
        } catch (StreamConstraintsException e) {
            if (e.getOriginalMessage().startsWith("Number")) {
                refuse(": a number of more than " + NUMBER_MAX + " digits");
            } else {
                refuseSize(Math.max(rowBytes, limit + 1));
            }
        } catch (JacksonException e) {
            refuse("");
        }
        return error == null;
    }

    /** Ends the body. False when it ended too early, see {@link #error}. */
    boolean end() {
        if (error == null && !complete) {
            refuse("");
        }
        return error == null;
    }

    /** Whether the parser holds nothing but white space: the beginning of a token would come back with the next body. */
    private boolean onlyBlanksLeft(JsonParser json) {
        rest.blank = true;
        json.releaseBuffered(rest);
        return rest.blank;
    }

    private static boolean blank(byte[] b, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (b[i] != ' ' && b[i] != '\n' && b[i] != '\r' && b[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Looks at the bytes behind a root value. */
    private static final class Rest extends OutputStream {
        private boolean blank;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            blank &= blank(b, offset, length);
        }
    }

    private JsonParser parser() {
        JsonParser json = parser;
        if (json == null) {
            json = factory.createNonBlockingByteArrayParser(ObjectReadContext.empty());
            parser = json;
            feeder = (ByteArrayFeeder) json.nonBlockingInputFeeder();
        }
        return json;
    }

    private boolean accept(JsonParser json, @Nullable JsonToken token, Rows rows) {
        if (token == null) {
            return refuse("");
        }
        if (depth < (list ? 2 : 1)) {
            return structure(token);
        }
        switch (token) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                rows.beginArgument();
                rows.append(json.getStringCharacters(), json.getStringOffset(), json.getStringLength());
                rows.endArgument();
                return rowFits(rows);
            }
            case VALUE_TRUE -> word(TRUE, rows);
            case VALUE_FALSE -> word(FALSE, rows);
            case END_ARRAY -> {
                rows.endRow();
                depth--;
                complete = depth == 0;
                rowBytes = 0;
            }
            default -> {
                return refuse(": arguments are strings, numbers or booleans");
            }
        }
        return true;
    }

    private boolean structure(JsonToken token) {
        if (token == JsonToken.START_ARRAY) {
            depth++;
            return true;
        }
        if (token == JsonToken.END_ARRAY && depth > 0) {
            depth--;
            complete = depth == 0;
            return true;
        }
        return refuse("");
    }

    private static void word(byte[] word, Rows rows) {
        rows.beginArgument();
        rows.append(word, 0, word.length);
        rows.endArgument();
    }

    private boolean rowFits(Rows rows) {
        int bytes = rows.openSize();
        if (bytes > limit) {
            return refuseSize(bytes);
        }
        return rows.openArguments() < ARGUMENTS_MAX || refuse(": too many arguments");
    }

    private boolean refuseSize(long bytes) {
        tooLarge = true;
        error = Limits.exceeded(limit, bytes);
        discard();
        return false;
    }

    private boolean refuse(String detail) {
        error = ("ERR failed to parse " + subject + detail).getBytes(StandardCharsets.UTF_8);
        discard();
        return false;
    }
}
