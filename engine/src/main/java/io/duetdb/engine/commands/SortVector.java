package io.duetdb.engine.commands;

import io.duetdb.bytes.Doubles;
import java.util.Arrays;

/**
 * The elements of one SORT, what each is compared by, and the order they come to stand in. Comparisons are those of
 * Redis' {@code sort.c}, sortCompare: numbers, and elements where numbers are equal; or text, in which a missing weight
 * comes first. Sorting is stable, as the sort of the C library is that Redis mostly uses.
 */
final class SortVector {
    private static final int SHORT_RUN = 7;

    private final ByteRows elements;
    private int[] order = {};
    private double[] scores = {};

    /** What is compared as text: the elements or their weights. */
    private ByteRows texts;

    /** How many bytes of each text count. */
    private int[] textLengths = {};

    private boolean byText;
    private boolean descending;

    /** For elements that are all there, in their own order so far. */
    SortVector(ByteRows elements) {
        this.elements = elements;
        this.texts = elements;
    }

    /** The element that came to stand at {@code place}: its row. */
    int at(int place) {
        return order.length == 0 ? place : order[place];
    }

    /** Orders by numbers, one for each element. Takes ownership of the array. */
    void sortByNumber(double[] numbers, boolean desc) {
        scores = numbers;
        byText = false;
        sort(desc);
    }

    /**
     * Orders by text: {@code by} has a row for each element. As strings of C, which a zero byte ends, when {@code upToZero}.
     */
    void sortByText(ByteRows by, boolean upToZero, boolean desc) {
        texts = by;
        byText = true;
        textLengths = new int[by.count()];
        for (int i = 0; i < textLengths.length; i++) {
            textLengths[i] = upToZero ? lengthToZero(by, i) : by.length(i);
        }
        sort(desc);
    }

    private static int lengthToZero(ByteRows rows, int row) {
        byte[] b = rows.array(row);
        int from = rows.offset(row);
        for (int i = 0; i < rows.length(row); i++) {
            if (b[from + i] == 0) {
                return i;
            }
        }
        return rows.length(row);
    }

    private void sort(boolean desc) {
        descending = desc;
        order = new int[elements.count()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        mergeSort(order.clone(), order, 0, order.length);
    }

    /** Sorts a stretch of {@code source} into {@code target}; both hold the same there. */
    private void mergeSort(int[] source, int[] target, int from, int to) {
        if (to - from < SHORT_RUN) {
            insertionSort(target, from, to);
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(target, source, from, middle);
        mergeSort(target, source, middle, to);
        int a = from;
        int b = middle;
        for (int i = from; i < to; i++) {
            boolean first = a < middle && (b == to || compare(source[a], source[b]) <= 0);
            target[i] = first ? source[a++] : source[b++];
        }
    }

    private void insertionSort(int[] rows, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int row = rows[i];
            int at = i;
            while (at > from && compare(rows[at - 1], row) > 0) {
                rows[at] = rows[at - 1];
                at--;
            }
            rows[at] = row;
        }
    }

    private int compare(int a, int b) {
        int result = byText ? compareTexts(a, b) : compareNumbers(a, b);
        return descending ? -Integer.signum(result) : result;
    }

    private int compareNumbers(int a, int b) {
        if (scores[a] > scores[b]) {
            return 1;
        }
        if (scores[a] < scores[b]) {
            return -1;
        }
        return compare(elements, a, elements.length(a), b, elements.length(b));
    }

    private int compareTexts(int a, int b) {
        int aLength = textLengths[a];
        int bLength = textLengths[b];
        if (aLength == ByteRows.ABSENT || bLength == ByteRows.ABSENT) {
            return Integer.compare(Math.min(aLength, 0), Math.min(bLength, 0));
        }
        return compare(texts, a, aLength, b, bLength);
    }

    private static int compare(ByteRows rows, int a, int aLength, int b, int bLength) {
        int from = rows.offset(a);
        int other = rows.offset(b);
        return Arrays.compareUnsigned(rows.array(a), from, from + aLength, rows.array(b), other, other + bLength);
    }

    /**
     * The number in a text as Redis reads it for SORT, by strtod: spaces before it are skipped, a zero byte ends it, no
     * text at all is 0. NaN when it is none, or out of range.
     */
    static double number(byte[] b, int offset, int length) {
        int end = offset;
        while (end < offset + length && b[end] != 0) {
            end++;
        }
        if (end == offset) {
            return 0;
        }
        int from = offset;
        while (from < end && (b[from] == ' ' || b[from] >= '\t' && b[from] <= '\r')) {
            from++;
        }
        double value = Doubles.parse(b, from, end - from);
        boolean tiny = value != 0 && Math.abs(value) < Double.MIN_NORMAL;
        boolean inRange = !Double.isNaN(value) && !tiny && !Doubles.overflows(b, from, end - from, value);
        return inRange ? value : Double.NaN;
    }
}
