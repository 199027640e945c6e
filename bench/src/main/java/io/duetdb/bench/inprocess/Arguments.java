package io.duetdb.bench.inprocess;

/** {@code --name number} pairs of a program's command line. */
final class Arguments {
    private final String[] words;

    Arguments(String[] words) {
        this.words = words;
    }

    /** The number given for {@code --name}, or {@code otherwise}. */
    long number(String name, long otherwise) {
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("--" + name)) {
                return Long.parseLong(words[i + 1]);
            }
        }
        return otherwise;
    }
}
