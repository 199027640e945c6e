package io.duetdb.bench.compare;

/**
 * A row of the comparison: what is run, how far it must reach and how often. {@code guarded} rows form the short watch
 * that later work is held against.
 */
record Row(String name, Goal goal, Workload workload, int rounds, boolean guarded) {
    /** Something that is measured. */
    @FunctionalInterface
    interface Workload {
        /** Starts what servers it needs, measures, and ends them. */
        Result run(Row row, Session session) throws Exception;
    }

    /** How far to reach. {@code NaN} as floor: the peer's own figure, or none where there is no peer. */
    record Goal(double floor, double aim, boolean higherIsBetter, String unit) {
        /** A ratio of Duet to the peer that must be high. */
        static Goal atLeast(double floor, double aim) {
            return new Goal(floor, aim, true, "x");
        }

        /** A ratio or figure that must be low. */
        static Goal atMost(double floor, double aim, String unit) {
            return new Goal(floor, aim, false, unit);
        }

        /** "aim", "floor", "MISS", or "-" where nothing is promised. */
        String verdict(double value) {
            if (Double.isNaN(value) || Double.isNaN(floor) && Double.isNaN(aim)) {
                return "-";
            }
            if (reaches(value, aim)) {
                return "aim";
            }
            return reaches(value, floor) ? "floor" : "MISS";
        }

        private boolean reaches(double value, double goal) {
            return higherIsBetter ? value >= goal : value <= goal;
        }

        /** The same goal with a floor that was measured. */
        Goal withFloor(double measured) {
            return new Goal(measured, aim, higherIsBetter, unit);
        }
    }
}
