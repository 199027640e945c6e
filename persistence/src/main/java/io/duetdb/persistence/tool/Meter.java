package io.duetdb.persistence.tool;

/** Is told how far long work has come. Told often: whoever shows it takes what it needs. */
public interface Meter {
    /** Shows nothing. */
    Meter NONE = new Meter() {
        @Override
        public void begin(String what, long total, String unit) {}

        @Override
        public void at(long done) {}

        @Override
        public void end() {}
    };

    /**
     * Work begins.
     *
     * @param what a few words, such as {@code reading dump.rdb}
     * @param total how much there is to do, or 0 when nobody knows
     * @param unit {@code bytes}, or what is counted
     */
    void begin(String what, long total, String unit);

    /** So much of it is done. */
    void at(long done);

    /** The work has ended, well or not. */
    void end();
}
