package io.duetdb.bench.compare;

import io.duetdb.bench.compare.Tool.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.SplittableRandom;

/**
 * What redis-benchmark cannot: several connections that each send a group of commands, whose replies are always of the
 * same length, and the next group when all are there. {@code __rand_int__} in it becomes twelve random digits.
 */
final class BatchClient {
    private static final String RANDOM = "__rand_int__";
    private static final int CONNECTIONS = 50;
    private static final int SPACE = 1_000_000;

    private final byte[] group;
    private final int[] places;
    private final int replyBytes;
    private final SplittableRandom random = new SplittableRandom(3);
    private long left;
    private long unanswered;

    /** A client that sends {@code commands} (each in words), {@code pipeline} times in a group. */
    BatchClient(String[][] commands, int pipeline, int replyBytes) {
        StringBuilder text = new StringBuilder();
        for (int p = 0; p < pipeline; p++) {
            for (String[] words : commands) {
                text.append('*').append(words.length).append("\r\n");
                for (String word : words) {
                    text.append('$')
                            .append(word.length())
                            .append("\r\n")
                            .append(word)
                            .append("\r\n");
                }
            }
        }
        String all = text.toString();
        group = all.getBytes(StandardCharsets.US_ASCII);
        places = new int[all.split(RANDOM, -1).length - 1];
        int at = -1;
        for (int i = 0; i < places.length; i++) {
            at = all.indexOf(RANDOM, at + 1);
            places[i] = at;
        }
        this.replyBytes = replyBytes * pipeline;
    }

    /** Sends {@code groups} groups. An operation is one of {@code operations} in each. */
    Run run(ServerProcess server, long groups, int operations) throws IOException {
        left = groups;
        unanswered = 0;
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new int[1]);
            }
            long serverBefore = Proc.cpuMs(server.pid());
            long ownBefore = Proc.cpuMs(ProcessHandle.current().pid());
            long coreBefore = Proc.coreBusyMs(ServerProcess.CORE);
            long start = System.nanoTime();
            for (SelectionKey key : selector.keys()) {
                send(key);
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
            while (unanswered > 0) {
                selector.select();
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                    receive(keys.next(), buffer);
                    keys.remove();
                }
            }
            double ms = (System.nanoTime() - start) / 1e6;
            long cpu = Proc.cpuMs(server.pid()) - serverBefore;
            double own = (Proc.cpuMs(ProcessHandle.current().pid()) - ownBefore) / ms;
            long others = Proc.coreBusyMs(ServerProcess.CORE) - coreBefore - cpu;
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            double count = (double) groups * operations;
            return new Run(count / ms * 1000, cpu * 1000.0 / count, own, Math.max(0, others / ms));
        }
    }

    private void send(SelectionKey key) throws IOException {
        if (left == 0) {
            return;
        }
        left--;
        unanswered++;
        for (int place : places) {
            long number = random.nextInt(SPACE);
            for (int i = RANDOM.length() - 1; i >= 0; i--) {
                group[place + i] = (byte) ('0' + number % 10);
                number /= 10;
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(group);
        while (bytes.hasRemaining()) { // far less than a socket's buffer
            ((SocketChannel) key.channel()).write(bytes);
        }
    }

    private void receive(SelectionKey key, ByteBuffer buffer) throws IOException {
        int[] received = (int[]) key.attachment();
        buffer.clear();
        int n = ((SocketChannel) key.channel()).read(buffer);
        if (n < 0) {
            throw new IOException("the server closed a connection");
        }
        received[0] += n;
        if (received[0] > replyBytes) {
            throw new IOException("more bytes of reply than expected: " + received[0] + " of " + replyBytes);
        }
        if (received[0] == replyBytes) {
            received[0] = 0;
            unanswered--;
            send(key);
        }
    }
}
