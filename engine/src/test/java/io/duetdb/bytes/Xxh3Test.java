package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Xxh3Test {
    /** Byte i of every vector: (7 i + 13 (i / 256) + 3) mod 256. */
    private static byte[] bytes(int n) {
        byte[] b = new byte[n];
        for (int i = 0; i < n; i++) {
            b[i] = (byte) (i * 7 + (i >> 8) * 13 + 3);
        }
        return b;
    }

    /** Made with xxHash 0.8's own library. */
    @ParameterizedTest
    @CsvSource({
        "0, 2d06800538d394c2", "1, 13e608bc156defed", "2, 1c9074b93943b86c", "3, a9088dda485b481c",
        "4, 6d9253b16c8b1ed3", "5, 998620e10e3a4b37", "8, 60539db630471163", "9, feff668361d723a8",
        "16, b8c859b0f030b585", "17, 714a04408e79b80f", "32, 19ff4ee1d6ba1a55", "33, 3e44983ad21679c8",
        "64, 287eb1fa9e4be2c1", "65, 829218de4d798646", "96, f084e7cfbc624743", "97, 1daa83271a8e7b7c",
        "128, 67425a03650261bf", "129, c664bf3311c6abc4", "160, d70dea8de694b883", "239, 1d861931c1f3cafa",
        "240, 64556dc6b462a6cf", "241, 8beadd3a8874fe17", "255, b67b6637a76e6c39", "256, 3c38817f6d79c0da",
        "257, 86edf6e0be1fe465", "512, 0e5b5e129265c2c7", "1023, b568482526f399bf", "1024, a6f1a01606138456",
        "1025, ecd2bad8e8ceb864", "1088, c7d84b42188f514f", "2048, d9591a7a867bbf03", "2049, 45189093da197612",
        "4095, 986224a2079ab0a9", "4096, d9d53865f3518d6b", "4097, 230f0c75b9fdef81", "10000, 8691caba1fb5b3aa",
        "100001, da6df05521e42988"
    })
    void everyRangeOfLengthsHasItsKnownHash(int length, String hex) {
        Xxh3 hash = new Xxh3().update(bytes(length), 0, length);
        assertThat(String.format("%016x", hash.digest())).isEqualTo(hex);
        assertThat(hash.digest()).isEqualTo(Long.parseUnsignedLong(hex, 16));
    }

    @Test
    void theExampleInTheDocumentationOfDigest() {
        byte[] b = "Hello world".getBytes(StandardCharsets.US_ASCII);
        assertThat(new Xxh3().update(b, 0, b.length).digest()).isEqualTo(0xb6acb9d84a38ff74L);
    }

    @Test
    void piecesMakeTheSameHashAsTheWhole() {
        Random random = new Random(11);
        byte[] b = bytes(9000);
        Xxh3 pieces = new Xxh3();
        for (int round = 0; round < 200; round++) {
            int length = random.nextInt(b.length);
            pieces.reset();
            for (int at = 0; at < length; ) {
                int n = Math.min(length - at, 1 + random.nextInt(random.nextBoolean() ? 50 : 3000));
                pieces.update(b, at, n);
                at += n;
                if (random.nextInt(10) == 0) {
                    pieces.digest();
                }
            }
            assertThat(pieces.digest())
                    .as("length %d", length)
                    .isEqualTo(new Xxh3().update(b, 0, length).digest());
        }
    }

    /** C2 of JDK 17.0.15 compiled an earlier form of this hash to wrong code after some thousand rounds. */
    @Test
    void compiledCodeGivesTheSameHash() {
        byte[] b = bytes(4097);
        Xxh3 hash = new Xxh3();
        for (int i = 0; i < 40_000; i++) {
            assertThat(hash.reset().update(b, 0, b.length).digest()).isEqualTo(0x230f0c75b9fdef81L);
        }
    }
}
