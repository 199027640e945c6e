package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fills lists, sets, hashes and sorted sets through one raw connection, many elements per command. Elements are numbered;
 * a sorted set's score is the number.
 */
final class CollectionLoader {
    private static final int PER_COMMAND = 500;
    private static final int BATCH_BYTES = 64 << 10;
    private static final int NUMBER_BYTES = 12;

    /** What is filled, by its command. */
    enum Shape {
        LIST("RPUSH", 1),
        SET("SADD", 1),
        HASH("HSET", 2),
        ZSET("ZADD", 2);

        private final byte[] command;
        private final int words;

        Shape(String command, int words) {
            this.command = ascii(command);
            this.words = words;
        }
    }

    private final int port;
    private final Shape shape;
    private final byte[] prefix;
    private final byte[] value;
    private int commands;

    private CollectionLoader(int port, Shape shape, String prefix, int valueBytes) {
        this.port = port;
        this.shape = shape;
        this.prefix = ascii(prefix);
        this.value = new byte[valueBytes];
        Arrays.fill(value, (byte) 'x');
    }

    /** A loader of elements {@code prefix%012d}, as redis-benchmark spells them. */
    static CollectionLoader of(ServerProcess server, Shape shape, String prefix) {
        return new CollectionLoader(server.port(), shape, prefix, 10);
    }

    /** A loader whose lists hold, and whose hashes' fields have, values of {@code valueBytes} letters. */
    static CollectionLoader of(ServerProcess server, Shape shape, String prefix, int valueBytes) {
        return new CollectionLoader(server.port(), shape, prefix, valueBytes);
    }

    /** Adds the elements from {@code from} (inclusive) to {@code to} (exclusive) to one key. */
    void fill(String key, long from, long to) throws IOException {
        try (RespClient client = new RespClient(port)) {
            for (long id = from; id < to; id += PER_COMMAND) {
                command(client, ascii(key), id, (int) Math.min(PER_COMMAND, to - id));
            }
            settle(client);
        }
    }

    /** Gives {@code elements} elements to each of the keys {@code key:%012d} of these numbers. */
    void fillEach(long from, long to, int elements) throws IOException {
        byte[] prefixOfKeys = ascii("key:");
        try (RespClient client = new RespClient(port)) {
            for (long id = from; id < to; id++) {
                command(client, numbered(prefixOfKeys, id), id % 1000 * elements, elements);
            }
            settle(client);
        }
    }

    private void command(RespClient client, byte[] key, long from, int count) throws IOException {
        client.array(2 + count * shape.words);
        client.bulk(shape.command);
        client.bulk(key);
        for (long id = from; id < from + count; id++) {
            if (shape == Shape.ZSET) {
                client.bulk(ascii(Long.toString(id)));
            }
            client.bulk(shape == Shape.LIST ? value : numbered(prefix, id));
            if (shape == Shape.HASH) {
                client.bulk(value);
            }
        }
        commands++;
        if (client.pending() > BATCH_BYTES) {
            settle(client);
        }
    }

    /** Waits until everything was acknowledged. */
    private void settle(RespClient client) throws IOException {
        client.send();
        client.skip(commands);
        commands = 0;
    }

    private static byte[] numbered(byte[] prefix, long id) {
        byte[] name = Arrays.copyOf(prefix, prefix.length + NUMBER_BYTES);
        long left = id;
        for (int i = name.length - 1; i >= prefix.length; i--) {
            name[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return name;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
