package io.duetdb.engine.commands;

import static io.duetdb.engine.command.Command.command;
import static io.duetdb.engine.command.Flags.*;
import static io.duetdb.engine.command.Group.SERVER;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.RandomSource;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.command.Call;
import io.duetdb.engine.command.Command;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** LOLWUT: a picture by chance, and the version. Ours are two: voices that meet, and a city at night. */
final class LolwutCommands {
    private static final int COLUMNS_MAX = 1000;
    private static final int ROWS_MAX = 200;

    static final List<Command> TABLE = List.of(command("LOLWUT", LolwutCommands::lolwut)
            .since("5.0.0")
            .arity(-1)
            .flags(READONLY, FAST)
            .group(SERVER)
            .syntax("[VERSION version]")
            .complexity("O(N), N = size of the picture")
            .summary("Draws a picture and says which version this is."));

    private LolwutCommands() {}

    /** LOLWUT [VERSION 5 [columns [rows]] | VERSION 6 [columns [rows]]]. Replies text; its last line is the version. */
    static void lolwut(Call call, Argv argv, Reply reply) {
        int version = 0;
        int first = 1;
        if (argv.count() > 2 && argv.is(1, "VERSION")) {
            version = (int) Math.max(0, Math.min(100, argv.integer(2)));
            first = 3;
        }
        String picture = "";
        if (version == 5) {
            picture = duet(call.random(), size(argv, first, 66, COLUMNS_MAX), size(argv, first + 1, 12, ROWS_MAX))
                    + "\nTwo voices. ";
        } else if (version == 6) {
            picture = city(call.random(), size(argv, first, 80, COLUMNS_MAX), size(argv, first + 1, 20, ROWS_MAX))
                    + "\nA city at night. ";
        }
        byte[] text = (picture + "Redis ver. " + Versions.REDIS + "\n").getBytes(StandardCharsets.UTF_8);
        reply.verbatim(text, 0, text.length);
    }

    private static int size(Argv argv, int index, int otherwise, int max) {
        return index < argv.count() ? (int) Math.max(1, Math.min(max, argv.integer(index))) : otherwise;
    }

    /** Two waves of Braille dots over each other; where both pass through a cell, both show. */
    private static String duet(RandomSource random, int columns, int rows) {
        byte[] cells = new byte[columns * rows];
        int height = rows * 4;
        for (int voice = 0; voice < 2; voice++) {
            double slow = 0.02 + random.nextInt(100) / 2500.0;
            double fast = 0.05 + random.nextInt(100) / 500.0;
            double phase = random.nextInt(628) / 100.0;
            for (int x = 0; x < columns * 2; x++) {
                double wave = 0.7 * Math.sin(slow * x + phase) + 0.3 * Math.sin(fast * x);
                int y = (int) Math.round((wave + 1) / 2 * (height - 1));
                cells[y / 4 * columns + x / 2] |= (byte) (1 << dot(x & 1, y & 3));
            }
        }
        StringBuilder s = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                s.append((char) (0x2800 + (cells[row * columns + column] & 0xFF)));
            }
            s.append('\n');
        }
        return s.toString();
    }

    /** The bit of a dot in a Braille letter: columns of three, and a fourth row below them. */
    private static int dot(int x, int y) {
        return y == 3 ? 6 + x : x * 3 + y;
    }

    /** Towers with windows, some of them lit. */
    private static String city(RandomSource random, int columns, int rows) {
        char[][] sky = new char[rows][columns];
        for (char[] line : sky) {
            java.util.Arrays.fill(line, ' ');
        }
        for (int left = random.nextInt(3); left < columns; left += random.nextInt(4)) {
            int width = 4 + random.nextInt(8);
            int top = random.nextInt(Math.max(1, rows - 2)) + Math.min(1, rows - 1);
            for (int y = top; y < rows; y++) {
                for (int x = left; x < Math.min(columns, left + width); x++) {
                    boolean wall = y == top || x == left || x == left + width - 1;
                    boolean window = !wall && (y - top) % 2 == 0 && (x - left) % 2 == 0;
                    sky[y][x] = wall ? '#' : window && random.nextInt(3) == 0 ? 'o' : '.';
                }
            }
            left += width;
        }
        StringBuilder s = new StringBuilder();
        for (char[] line : sky) {
            s.append(line).append('\n');
        }
        return s.toString();
    }
}
