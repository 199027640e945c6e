package io.duetdb.engine.stats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Error replies by their code, the first word of the line. Counting allocates only for a code not met before. */
public final class ErrorStats {
    /** More codes than this are only counted in the total: a client may make them up (DEBUG ERROR, scripts). */
    public static final int CODES_MAX = 128;

    private final List<byte[]> codes = new ArrayList<>();
    private final long[] counts = new long[CODES_MAX];
    private long total;

    /** Counts an error line. */
    void count(byte[] line) {
        total++;
        int end = 0;
        while (end < line.length && line[end] != ' ') {
            end++;
        }
        for (int i = 0; i < codes.size(); i++) {
            byte[] code = codes.get(i);
            if (Arrays.equals(code, 0, code.length, line, 0, end)) {
                counts[i]++;
                return;
            }
        }
        if (codes.size() < CODES_MAX) {
            counts[codes.size()] = 1;
            codes.add(Arrays.copyOf(line, end));
        }
    }

    /** Error replies of all codes. */
    public long total() {
        return total;
    }

    /** Number of codes met. */
    public int size() {
        return codes.size();
    }

    /** The i-th code, in the order of their first appearance. */
    public String code(int i) {
        return new String(codes.get(i), StandardCharsets.ISO_8859_1);
    }

    /** How often the i-th code was replied. */
    public long count(int i) {
        return counts[i];
    }

    void reset() {
        codes.clear();
        total = 0;
    }
}
