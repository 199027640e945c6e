package io.duetdb.engine.commands;

/** What we say we are. */
public final class Versions {
    /** The version of Redis whose commands and answers clients may expect. */
    public static final String REDIS = "7.4.2";

    /** Our own. */
    static final String DUET = "0.1.0";

    private Versions() {}
}
