package io.duetdb.bench.compare;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** The figures of one measure, one per round. */
record Series(double... values) {
    /** The series of {@code n} rounds that {@code value} gives. */
    static Series of(int n, IntToDoubleFunction value) {
        double[] all = new double[n];
        Arrays.setAll(all, value);
        return new Series(all);
    }

    double median() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[n / 2] + sorted[(n - 1) / 2]) / 2;
    }

    double min() {
        return Arrays.stream(values).min().orElse(Double.NaN);
    }

    double max() {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    double get(int round) {
        return values[round];
    }

    int size() {
        return values.length;
    }
}
