package io.duetdb.engine.api;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one setting, by redis.conf's name. The module that owns a setting declares it, one line each; the
 * composition root joins the lists to one {@link Settings} table, from which flags, files, the environment, CONFIG and
 * docs/settings.md are served. Immutable: the methods that refine a declaration return another one.
 */
public final class Setting {
    /** The largest size of settings that Redis keeps unsigned; numbers of Java end a bit earlier. */
    public static final long UNSIGNED_MAX = -1;

    /** What a setting's value looks like. */
    public enum Kind {
        /** A decimal number. */
        INTEGER,
        /** A number in octal digits, as file modes are written. */
        OCTAL,
        /** A number of bytes, with the suffixes k, kb, m, mb, g, gb (1024-based where they end in b, as in redis.conf). */
        MEMORY,
        /** A number of bytes, or a percentage of maxmemory. */
        MEMORY_OR_PERCENT,
        /** yes or no. */
        YES_NO,
        /** One of a list of words. */
        CHOICE,
        /** Some of a list of words, the first of which means none. */
        FLAGS,
        /** Any text. */
        TEXT,
        /** Several words that have a {@link Form} of their own. */
        WORDS
    }

    /** Who may change a setting while the server runs. */
    public enum Change {
        /** Nobody. */
        NEVER,
        /** Whoever may use CONFIG SET. */
        LIVE,
        /** Nobody, because a stranger with access could do harm by it: Redis' protected configs. */
        PROTECTED
    }

    /** What obeying a setting comes to in Duet. */
    public enum Standing {
        /** It does what Redis' documentation says. */
        OBEYED,
        /** Only some values are possible; the others are refused with the reason. */
        LIMITED,
        /** Any value is taken and shown again, and changes nothing. */
        IDLE
    }

    /** The grammar of a setting of several words. */
    public interface Form {
        /**
         * The words in the form in which CONFIG GET shows them. {@code present} is the value so far.
         *
         * @throws IllegalArgumentException with Redis' words for what is wrong
         */
        String normalise(List<String> words, String present);
    }

    private final String name;
    private final Kind kind;
    private final String initial;
    private long min;
    private long max;
    private List<String> choices = List.of();
    private Change change = Change.NEVER;
    private Standing standing = Standing.OBEYED;
    private List<String> only = List.of();
    private String why = "";
    private @Nullable String alias;
    private @Nullable Form form;
    private int wordsPerLine;
    private final String doc;

    private Setting(String name, Kind kind, String initial, String doc) {
        this.name = name;
        this.kind = kind;
        this.initial = initial;
        this.doc = doc;
    }

    private Setting(Setting from, String initial) {
        this(from.name, from.kind, initial, from.doc);
        min = from.min;
        max = from.max;
        choices = from.choices;
        change = from.change;
        standing = from.standing;
        only = from.only;
        why = from.why;
        alias = from.alias;
        form = from.form;
        wordsPerLine = from.wordsPerLine;
    }

    private static Setting number(String name, Kind kind, String initial, long min, long max, String doc) {
        Setting setting = new Setting(name, kind, initial, doc);
        setting.min = min;
        setting.max = max;
        return setting;
    }

    // ---- declarations

    /** A number in [min, max]. */
    public static Setting integer(String name, long initial, long min, long max, String doc) {
        return number(name, Kind.INTEGER, Long.toString(initial), min, max, doc);
    }

    /** A number in [min, max] that is written in octal digits. */
    public static Setting octal(String name, long initial, long min, long max, String doc) {
        return number(name, Kind.OCTAL, Long.toOctalString(initial), min, max, doc);
    }

    /** A size in bytes in [min, max]. */
    public static Setting memory(String name, long initial, long min, long max, String doc) {
        return number(name, Kind.MEMORY, Long.toString(initial), min, max, doc);
    }

    /** A size in bytes, or a percentage. */
    public static Setting memoryOrPercent(String name, long initial, String doc) {
        return number(name, Kind.MEMORY_OR_PERCENT, Long.toString(initial), 0, UNSIGNED_MAX, doc);
    }

    /** A switch. */
    public static Setting yesNo(String name, boolean initial, String doc) {
        return new Setting(name, Kind.YES_NO, initial ? "yes" : "no", doc);
    }

    /** One of several words, the first of which is the default; see {@link #initially}. */
    public static Setting choice(String name, String doc, String... words) {
        Setting setting = new Setting(name, Kind.CHOICE, words[0], doc);
        setting.choices = List.of(words);
        return setting;
    }

    /** Some of several words, the first of which is the default and means none of the others. */
    public static Setting flags(String name, String doc, String... words) {
        Setting setting = new Setting(name, Kind.FLAGS, words[0], doc);
        setting.choices = List.of(words);
        return setting;
    }

    /** Any text. */
    public static Setting text(String name, String initial, String doc) {
        return new Setting(name, Kind.TEXT, initial, doc);
    }

    /** Several words with a form of their own; {@code initial} in the form in which CONFIG GET shows them. */
    public static Setting words(String name, String initial, Form form, String doc) {
        Setting setting = new Setting(name, Kind.WORDS, initial, doc);
        setting.form = form;
        return setting;
    }

    /** The same setting, changeable by CONFIG SET. */
    public Setting changeable() {
        Setting setting = new Setting(this, initial);
        setting.change = Change.LIVE;
        return setting;
    }

    /** The same setting, which CONFIG SET refuses as protected. */
    public Setting isProtected() {
        Setting setting = new Setting(this, initial);
        setting.change = Change.PROTECTED;
        return setting;
    }

    /** The same setting with another default. */
    public Setting initially(String value) {
        return new Setting(this, value);
    }

    /** The same setting, which has a second, older name. */
    public Setting also(String otherName) {
        Setting setting = new Setting(this, initial);
        setting.alias = otherName;
        return setting;
    }

    /** The same setting, of whose values only these are possible yet; {@code reason} names cause and remedy. */
    public Setting only(String reason, String... values) {
        Setting setting = new Setting(this, initial);
        setting.standing = Standing.LIMITED;
        setting.only = List.of(values);
        setting.why = reason;
        return setting;
    }

    /** The same setting, which is taken from files made for Redis and changes nothing, for this reason. */
    public Setting idle(String reason) {
        Setting setting = new Setting(this, initial);
        setting.standing = Standing.IDLE;
        setting.why = reason;
        return setting;
    }

    /** The same setting, of which a file has many lines of {@code words} words each: later lines add to earlier ones. */
    public Setting linesOf(int words) {
        Setting setting = new Setting(this, initial);
        setting.wordsPerLine = words;
        return setting;
    }

    // ---- what was declared

    /** As in redis.conf, lower case. */
    public String name() {
        return name;
    }

    /** Its older name, or null. */
    public @Nullable String alias() {
        return alias;
    }

    /** What values look like. */
    public Kind kind() {
        return kind;
    }

    /** The default, in the form CONFIG GET shows it. */
    public String initial() {
        return initial;
    }

    /** Smallest number allowed. */
    public long min() {
        return min;
    }

    /** Largest number allowed; {@link #UNSIGNED_MAX} for no limit. */
    public long max() {
        return max;
    }

    /** The words allowed (CHOICE, FLAGS), otherwise empty. */
    public List<String> choices() {
        return choices;
    }

    /** Who may change it while the server runs. */
    public Change change() {
        return change;
    }

    /** Whether CONFIG SET may change it while the server runs. */
    public boolean live() {
        return change == Change.LIVE;
    }

    /** What obeying it comes to. */
    public Standing standing() {
        return standing;
    }

    /** The values that are possible ({@link Standing#LIMITED}), otherwise empty. */
    public List<String> only() {
        return only;
    }

    /** Why only some values are possible, or why none has a meaning; empty for settings that are obeyed. */
    public String why() {
        return why;
    }

    /** Words per line in a file, or 0 when one line holds the whole value. */
    public int wordsPerLine() {
        return wordsPerLine;
    }

    /** One sentence for help texts and the generated reference. */
    public String doc() {
        return doc;
    }

    // ---- values

    /** Brings a value as CONFIG SET gives it into the form in which it is kept. See {@link #normalise(List, String)}. */
    public String normalise(String value) {
        return normalise(value, initial);
    }

    /** Brings a value as CONFIG SET gives it into the form in which it is kept; {@code present} is the one so far. */
    public String normalise(String value, String present) {
        if (kind != Kind.WORDS && kind != Kind.FLAGS) {
            return possible(SettingValue.normalise(this, value));
        }
        return normalise(value.isEmpty() ? List.of() : Arrays.asList(value.split(" ", -1)), present);
    }

    /**
     * Brings the words of a file's line into the form in which they are kept, or says why that cannot be.
     *
     * @throws IllegalArgumentException with Redis' words for what is allowed, as after "CONFIG SET failed ... - "
     */
    public String normalise(List<String> words, String present) {
        if (form != null) {
            return possible(form.normalise(words, present));
        }
        if (kind == Kind.FLAGS) {
            return possible(SettingValue.flags(choices, words));
        }
        if (words.size() != 1) {
            throw new IllegalArgumentException("wrong number of arguments");
        }
        return possible(SettingValue.normalise(this, words.get(0)));
    }

    private String possible(String value) {
        if (standing == Standing.LIMITED && !only.contains(value)) {
            throw new IllegalArgumentException("argument must be '" + String.join("' or '", only) + "': " + why);
        }
        return value;
    }

    @Override
    public String toString() {
        return name;
    }
}
