package io.duetdb.engine.memory;

import io.duetdb.engine.api.*;

public final class ChunkedBytes {
    public static long create(PageMemory m, Argv argv, int index) {
        throw new UnsupportedOperationException();
    }

    public static long create(PageMemory m, byte[] b, int off, int len) {
        throw new UnsupportedOperationException();
    }

    public static void free(PageMemory m, long root, long length) {
        throw new UnsupportedOperationException();
    }

    public static boolean equals(PageMemory m, long root, long length, byte[] b, int off) {
        throw new UnsupportedOperationException();
    }

    public static void read(PageMemory m, long root, long length, long from, byte[] to, int off, int n) {
        throw new UnsupportedOperationException();
    }

    public static void reply(PageMemory m, long root, long length, long from, long n, Reply r) {
        throw new UnsupportedOperationException();
    }

    public static void write(PageMemory m, long root, long length, long from, Argv argv, int i) {
        throw new UnsupportedOperationException();
    }

    public static long resize(PageMemory m, long root, long length, long newLength) {
        throw new UnsupportedOperationException();
    }
}
