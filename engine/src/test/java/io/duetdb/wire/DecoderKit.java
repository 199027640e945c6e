package io.duetdb.wire;

import io.duetdb.engine.api.Argv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Drives one decoder as a loop does and collects what it says. */
final class DecoderKit {
    final WireBuffers buffers;
    final RespDecoder decoder;
    final List<String> requests = new ArrayList<>();
    boolean authenticated = true;
    Random blocking = null;
    boolean blocked;

    DecoderKit() {
        this(new WireBuffers(), new DecoderLimits());
    }

    DecoderKit(WireBuffers buffers, DecoderLimits limits) {
        this.buffers = buffers;
        decoder = new RespDecoder(buffers, limits);
    }

    static byte[] latin(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] encode(String... arguments) {
        Argv argv = new Argv();
        byte[][] parts = new byte[arguments.length][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = latin(arguments[i]);
        }
        argv = Argv.of(parts);
        byte[] out = new byte[(int) CommandEncoder.length(argv)];
        int end = CommandEncoder.write(argv, out, 0);
        assert end == out.length;
        return out;
    }

    static String show(Argv argv) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < argv.count(); i++) {
            s.append(i == 0 ? "" : "|").append(new String(argv.bytes(i), StandardCharsets.ISO_8859_1));
        }
        return s.toString();
    }

    DecoderKit feed(byte[] bytes, int from, int to) {
        int at = from;
        do {
            int n = Math.min(to - at, buffers.query().length);
            System.arraycopy(bytes, at, buffers.query(), 0, n);
            decoder.input(buffers.query(), 0, n);
            at += n;
            run();
            decoder.keep();
            java.util.Arrays.fill(buffers.query(), (byte) '#'); // what was not kept is gone
        } while (at < to);
        return this;
    }

    DecoderKit feed(byte[] bytes) {
        return feed(bytes, 0, bytes.length);
    }

    DecoderKit feed(String bytes) {
        return feed(latin(bytes));
    }

    /** The client is blocked no longer: what waits is taken up. */
    void resume() {
        blocked = false;
        decoder.input(buffers.query(), 0, 0);
        run();
        decoder.keep();
    }

    private void run() {
        int count;
        while (!blocked && (count = decoder.decode(WireBuffers.BATCH_MAX, authenticated)) > 0) {
            int done = count;
            if (blocking != null && blocking.nextInt(4) == 0) {
                done = blocking.nextInt(count + 1);
                blocked = true;
            }
            for (int i = 0; i < done; i++) {
                requests.add(show(buffers.batch()[i]));
            }
            decoder.executed(done);
        }
    }

    String error() {
        byte[] line = decoder.error();
        return line == null ? null : new String(line, StandardCharsets.ISO_8859_1);
    }

    String outcome() {
        return requests + " " + error();
    }
}
