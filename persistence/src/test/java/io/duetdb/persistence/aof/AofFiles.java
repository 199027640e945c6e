package io.duetdb.persistence.aof;

import io.duetdb.persistence.kit.SimDisk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Looks into the append-only file on a simulated disk. */
final class AofFiles {
    static final String FOLDER = SimDisk.HOME + "/appendonlydir/";

    private AofFiles() {}

    /** Path of an increment. */
    static String increment(int number) {
        return FOLDER + "appendonly.aof." + number + ".incr.aof";
    }

    /** The text of a file, a character a byte. */
    static String text(SimDisk disk, String path) {
        byte[] bytes = disk.bytes(path);
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The text of the manifest. */
    static String manifest(SimDisk disk) {
        return text(disk, FOLDER + "appendonly.aof.manifest");
    }

    /** A file without its lines of checksums; every one of them was right. */
    static String withoutChecksums(SimDisk disk, String path) {
        byte[] bytes = disk.bytes(path);
        StringBuilder rest = new StringBuilder();
        int from = 0;
        while (from < bytes.length) {
            int to = from;
            while (bytes[to] != '\n') {
                to++;
            }
            if (Annotation.claims(bytes, from, to - from - 1)) {
                Annotation read = Annotation.parse(bytes, from, to - from - 1);
                CRC32C crc = new CRC32C();
                crc.update(bytes, 0, from);
                if (read == null || read.offset() != from || read.crc() != (int) crc.getValue()) {
                    throw new AssertionError("a wrong checksum at " + from + " of " + path + ": " + read);
                }
            } else {
                rest.append(new String(bytes, from, to + 1 - from, StandardCharsets.ISO_8859_1));
            }
            from = to + 1;
        }
        return rest.toString();
    }

    /** Checksums in a file: where each stands. */
    static List<Long> checksums(SimDisk disk, String path) {
        List<Long> found = new ArrayList<>();
        String text = text(disk, path);
        for (int at = text.indexOf("#DC1:"); at >= 0; at = text.indexOf("#DC1:", at + 1)) {
            found.add((long) at);
        }
        return found;
    }

    /** Requests as the file holds them. */
    static String requests(String... lines) {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            String[] words = line.split(" ");
            all.append('*').append(words.length).append("\r\n");
            for (String word : words) {
                all.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
        }
        return all.toString();
    }
}
