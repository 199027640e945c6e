package io.duetdb.engine.command;

/**
 * All keys of a command in one range, as clients from before key specifications want to hear of them: 4th to 6th element
 * of COMMAND's answer. All zeros when nothing can be said that way.
 *
 * @param first position of the first key
 * @param last position of the last one, negative from the end
 * @param step distance between keys
 */
record KeyRange(int first, int last, int step) {
    private static final KeyRange NONE = new KeyRange(0, 0, 0);

    /** The range of some specs: one range as it is, several where each follows on the one before. */
    static KeyRange of(KeySpec[] specs) {
        if (specs.length == 1 && isRange(specs[0])) {
            KeySpec spec = specs[0];
            return new KeyRange(spec.index(), lastOf(spec), spec.step());
        }
        int first = 0;
        int last = 0;
        for (KeySpec spec : specs) {
            if (!isRange(spec) || spec.step() != 1) {
                continue;
            }
            if (last != 0 && last != spec.index() - 1) {
                break; // a gap, or behind a range to the end
            }
            if (first == 0) {
                first = spec.index();
            }
            last = lastOf(spec);
        }
        return first == 0 ? NONE : new KeyRange(first, last, 1);
    }

    private static boolean isRange(KeySpec spec) {
        return spec.index() > 0 && spec.find() == KeySpec.Find.RANGE;
    }

    private static int lastOf(KeySpec spec) {
        return spec.last() >= 0 ? spec.index() + spec.last() : spec.last();
    }
}
