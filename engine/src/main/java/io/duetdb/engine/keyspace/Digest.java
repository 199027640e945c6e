package io.duetdb.engine.keyspace;

import io.duetdb.bytes.Doubles;
import io.duetdb.engine.api.ElementVisitor;
import io.duetdb.engine.api.Snapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digest of DEBUG DIGEST, as redis-server 7.0 computes it ({@code debug.c}, computeDatasetDigest): each key's SHA-1
 * of name, type, value and the fact of having a time to live, digested once more and XORed over all keys of all
 * databases, so that the order of keys does not matter. Times of day and encodings are not part of it.
 */
final class Digest implements Snapshot.EntryVisitor {
    private static final byte[] EXPIRE_MARK = "!!expire!!".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIELD_EXPIRE_MARK = "!!hexpire!!".getBytes(StandardCharsets.US_ASCII);
    private static final int PIECE = 64 * 1024;

    private final MessageDigest sha1;
    private final byte[] total = new byte[20];
    private final Elements elements = new Elements();
    private byte[] piece = new byte[1024];
    private byte[] target = total;
    private boolean isSet;

    Digest() {
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-1", e);
        }
    }

    /** Begins a database that has keys. */
    void database(int index) {
        mix(total, ByteBuffer.allocate(4).putInt(index).array(), 0, 4);
    }

    @Override
    public void entry(byte[] key, int offset, int length, long expireAtMs, Snapshot.ValueReader value) {
        byte[] digest = new byte[20];
        mix(digest, key, offset, length);
        value(digest, expireAtMs, value);
        sha1.update(digest);
        xor(total, sha1.digest());
    }

    /** Mixes type, value and expiry of one entry into {@code digest}: all of DEBUG DIGEST-VALUE. */
    void value(byte[] digest, long expireAtMs, Snapshot.ValueReader value) {
        ValueType type = ValueType.named(value.type());
        mix(digest, new byte[] {0, 0, 0, (byte) type.ordinal()}, 0, 4); // the type's number in network order
        if (type == ValueType.STRING) {
            string(digest, value);
        } else {
            target = digest;
            isSet = type == ValueType.SET;
            value.forEach(elements);
        }
        if (expireAtMs >= 0) {
            sha1.update(EXPIRE_MARK);
            xor(digest, sha1.digest());
        }
    }

    private void string(byte[] digest, Snapshot.ValueReader value) {
        long left = value.length();
        long from = 0;
        while (left > 0) {
            int n = (int) Math.min(left, PIECE);
            if (piece.length < n) {
                piece = new byte[PIECE];
            }
            value.copy(from, piece, 0, n);
            sha1.update(piece, 0, n);
            from += n;
            left -= n;
        }
        mixDigested(digest);
    }

    /** What Redis does with the elements of each type: a list's order counts, that of all others does not. */
    private final class Elements implements ElementVisitor {
        @Override
        public void element(byte[] b, int offset, int length) {
            if (isSet) {
                sha1.update(b, offset, length);
                xor(target, sha1.digest());
            } else {
                mix(target, b, offset, length);
            }
        }

        @Override
        public void field(byte[] f, int fOffset, int fLength, byte[] v, int vOffset, int vLength, long expireAtMs) {
            byte[] of = new byte[20];
            mix(of, f, fOffset, fLength);
            mix(of, v, vOffset, vLength);
            if (expireAtMs >= 0) {
                sha1.update(FIELD_EXPIRE_MARK);
                xor(of, sha1.digest());
            }
            xorDigest(of);
        }

        @Override
        public void member(byte[] b, int offset, int length, double score) {
            byte[] of = new byte[20];
            mix(of, b, offset, length);
            byte[] digits = Doubles.seventeen(score);
            mix(of, digits, 0, digits.length);
            xorDigest(of);
        }

        private void xorDigest(byte[] of) {
            sha1.update(of);
            xor(target, sha1.digest());
        }
    }

    byte[] result() {
        return total.clone();
    }

    private void mix(byte[] digest, byte[] b, int offset, int length) {
        sha1.update(b, offset, length);
        mixDigested(digest);
    }

    private void mixDigested(byte[] digest) {
        xor(digest, sha1.digest());
        sha1.update(digest);
        System.arraycopy(sha1.digest(), 0, digest, 0, 20);
    }

    private static void xor(byte[] to, byte[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] ^= from[i];
        }
    }
}
