package io.duetdb.bench.compare;

import io.duetdb.Duet;
import io.duetdb.DuetBuilder;
import java.io.IOException;
import java.util.Arrays;

/**
 * A program that embeds Duet: prints how many milliseconds passed until the first instance replied, and the median of 200
 * later ones. A process of its own, since only a cold JVM tells.
 */
public final class EmbeddedStart {
    private static final int LATER = 200;

    private EmbeddedStart() {}

    /** With {@code ports} instances serve both protocols, and PING comes by a socket. */
    public static void main(String[] words) throws IOException {
        boolean ports = words.length > 0 && words[0].equals("ports");
        double first = ms(ports);
        double[] later = new double[LATER];
        for (int i = 0; i < LATER; i++) {
            later[i] = ms(ports);
        }
        Arrays.sort(later);
        System.out.println(first + " " + later[LATER / 2]);
    }

    private static double ms(boolean ports) throws IOException {
        long begun = System.nanoTime();
        DuetBuilder builder = Duet.builder();
        if (ports) {
            builder.respPort(0).restPort(0);
        }
        try (Duet duet = builder.start()) {
            if (ports) {
                try (RespClient client = new RespClient(duet.respPort())) {
                    client.run("PING");
                }
            } else {
                duet.execute("PING");
            }
            return (System.nanoTime() - begun) / 1e6;
        }
    }
}
