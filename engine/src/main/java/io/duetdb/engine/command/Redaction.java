package io.duetdb.engine.command;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.stats.Slowlog;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A request as others may see it, in MONITOR and the slowlog: passwords are replaced. What a secret is follows Redis:
 * all arguments of AUTH, the two behind HELLO's AUTH, those of MIGRATE's options, and the values of settings that are
 * passwords.
 */
final class Redaction implements Slowlog.Source {
    private static final byte[] REDACTED = "(redacted)".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> SECRET_SETTINGS = List.of("REQUIREPASS", "MASTERAUTH");
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final Command command;
    private final Argv argv;

    Redaction(Command command, Argv argv) {
        this.command = command;
        this.argv = argv;
    }

    private boolean secret(int index) {
        return switch (command.name()) {
            case "auth" -> index > 0;
            case "hello" -> index > 2 && (afterAuth(index, 1) || afterAuth(index, 2));
            case "migrate" -> index > 6 && isSecretOfMigrate(index);
            case "config|set" -> index > 2 && index % 2 == 1 && isSecretSetting(index - 1);
            default -> false;
        };
    }

    private boolean afterAuth(int index, int distance) {
        int at = index - distance;
        return at >= 2 && argv.is(at, "AUTH") && at + 2 < argv.count();
    }

    /** Reads the options as MIGRATE does: behind a mistake nothing is a password. */
    private boolean isSecretOfMigrate(int index) {
        for (int i = 6; i < index; i++) {
            int passwords = argv.is(i, "AUTH") ? 1 : argv.is(i, "AUTH2") ? 2 : 0;
            if (passwords > 0) {
                if (i + passwords >= argv.count()) {
                    return false;
                }
                i += passwords;
                if (index <= i) {
                    return true;
                }
            } else if (!argv.is(i, "COPY") && !argv.is(i, "REPLACE")) {
                return false;
            }
        }
        return false;
    }

    private boolean isSecretSetting(int index) {
        for (String name : SECRET_SETTINGS) {
            if (argv.is(index, name)) {
                return true;
            }
        }
        return false;
    }

    // ---- for the slowlog

    @Override
    public int count() {
        return argv.count();
    }

    @Override
    public int length(int index) {
        return secret(index) ? REDACTED.length : argv.length(index);
    }

    @Override
    public byte[] head(int index, int length) {
        if (secret(index)) {
            return REDACTED.clone();
        }
        byte[] head = new byte[length];
        argv.copy(index, 0, head, 0, length);
        return head;
    }

    // ---- for MONITOR

    /** The line MONITOR shows: when, in which database and by whom, and the arguments in quotes. */
    byte[] line(long wallUs, int db, String who) {
        StringBuilder s = new StringBuilder();
        String us = Long.toString(1_000_000 + wallUs % 1_000_000);
        s.append(wallUs / 1_000_000).append('.').append(us, 1, 7);
        s.append(" [").append(db).append(' ').append(who).append(']');
        for (int i = 0; i < argv.count(); i++) {
            s.append(" \"");
            if (secret(i)) {
                s.append("(redacted)");
            } else {
                quote(s, argv.array(i), argv.offset(i), argv.length(i));
            }
            s.append('"');
        }
        return s.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void quote(StringBuilder s, byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            int c = bytes[i] & 0xFF;
            switch (c) {
                case '\\', '"' -> s.append('\\').append((char) c);
                case '\n' -> s.append("\\n");
                case '\r' -> s.append("\\r");
                case '\t' -> s.append("\\t");
                case 7 -> s.append("\\a");
                case '\b' -> s.append("\\b");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        s.append((char) c);
                    } else {
                        s.append("\\x").append(HEX[c >> 4]).append(HEX[c & 15]);
                    }
                }
            }
        }
    }
}
