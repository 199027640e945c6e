package io.duetdb.server;

/** Starts a server from the command line. */
public final class Main {
    private Main() {}

    /** Starts a server with the given settings. */
    public static void main(String[] args) {
        System.out.println("duet");
    }
}
