package io.duetdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongDoubleTest {
    private static LongDouble parse(String text) {
        byte[] b = text.getBytes(StandardCharsets.ISO_8859_1);
        return LongDouble.parse(b, 0, b.length);
    }

    /** Right-hand sides as redis-server 7.0.15 on x86-64 answered INCRBYFLOAT. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            0xf0d6645fa9.21328322p10, -50e15, -48940785609366395.2109375
            0xf38cb4a0d7.32d54e41p21, 2.69721317, 2193700056356772524.5
            4.5625194610519e13, 0x315d92b243.497eeefp-43, 45625194610519.02410507202148438
            0x84378c74dc.37d426e5p39, 1365478522915135877, 312189899288143986393088
            858, 85.65366145885946, 943.65366145885945998
            145, 1337.640, 1482.64000000000000001
            +3, 242.536, 245.536
            -6.12702195798, 0x80287fcb04.356d01d9p-44, -6.09573333494119782
            1033269809980860828, 4.1470268010875859232556e10, 1033269851451128838.875
            0x584ebc5b71.37eb2489p57, -809193614721076193, 54659733139028896618511335424
            267, -52, 215
            0xfe354f17d8.34320e17p2, 623083443916064758, 623087811180341078.8125
            -1e-400, 9.386598521417, 9.386598521417
            9.86412274994621, 123456789012345678901234567890, 123456789012345678899921813504
            1622.385, 2676.281, 4298.66599999999999993
            28e8, 1787.660, 2800001787.65999999991618097
            0x4727da0ab7.3f58c845p59, 0xa774803cb1.aa73854p-45, 176172907822764375901302947840
            5528716146061721363, 481, 5528716146061721844
            2.215777, 8.991249563899806673816784e0, 11.20702656389980667
            5.804499096105601552153530e19, -763.6300778453347, 58044990961056014756
            0xd185a64625.82dd1f7p-31, 328.641, 747.68513678008652595
            -400, -938.1746093599896, -1338.17460935998959992
            .5, 0xee70365969.1ebeac3bp-41, 0.96569986192167566
            -2239164442319147776, 0x441383c09.216f6606p-26, -2239164442319147503.75
            -0.45, -8932575939600949387, -8932575939600949387.5
            0x76bc0cc0aa.33bcde91p-52, -0.6155197726274, -0.61540653851791324
            0xf0d6645fa9.21328322p10, -50e15, -48940785609366395.2109375
            4.5625194610519e13, 0x315d92b243.497eeefp-43, 45625194610519.02410507202148438
            -35.99715450491783, 0xb016a91f39.886be12p-8, 2954275067.22758337040431798
            -4.1, -9.1162e14, -911620000000004.0999755859375
            614, -3.7024721473376631664e7, -37024107.47337663166399579
            2493.723, -193637755556736857, -193637755556734363.28125""")
    void addsAsRedis(String a, String b, String sum) {
        assertThat(new String(parse(a).plus(parse(b)).text(), StandardCharsets.US_ASCII))
                .isEqualTo(sum);
    }

    @Test
    void readsNothingElse() {
        for (String text : new String[] {
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "nan",
            " 1",
            "1 ",
            "1f",
            "0x",
            "0xg",
            "1.2.3",
            "abc",
            "1e5000",
            "1e-5000",
            "1e99999999999",
            "0x1p20000",
            "--1",
            "1_0"
        }) {
            assertThat(parse(text)).as(text).isNull();
        }
        assertThat(parse("inf").isFinite()).isFalse();
        assertThat(parse("-Infinity").isFinite()).isFalse();
        assertThat(parse("1e4932").plus(parse("1e4932")).isFinite()).isFalse();
        assertThat(parse("0e99999999")).isNotNull();
    }
}
