package io.duetdb.engine.acl;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * One user: a name, whether a password is needed, and a bitmap of the commands it may run, one bit per command id.
 * Checking a command is one shift and one test.
 */
public final class User {
    private final String name;
    private final long[] allowed;
    private boolean everything;
    private boolean enabled = true;
    private boolean noPassword;
    private byte[] password = {};

    /** A user that may run nothing and that nobody can log in as yet, of a table with {@code commandCount} command ids. */
    public User(String name, int commandCount) {
        this.name = name;
        this.allowed = new long[(commandCount + 63) >>> 6];
    }

    public String name() {
        return name;
    }

    public boolean enabled() {
        return enabled;
    }

    /** Switches the user on or off (ACL SETUSER on/off). */
    public void enabled(boolean value) {
        enabled = value;
    }

    /** Whether every client may act as this user without AUTH. */
    public boolean noPassword() {
        return noPassword;
    }

    /** Sets the one password; with an empty array everybody may act as this user. Copies. */
    public void password(byte[] value) {
        password = value.clone();
        noPassword = value.length == 0;
    }

    /** Whether {@code bytes} let somebody in as this user. Takes the same time wherever they differ from the password. */
    public boolean passwordIs(byte[] bytes) {
        return noPassword || password.length > 0 && MessageDigest.isEqual(password, bytes);
    }

    /** Allows every command, of whatever id. */
    public void allowEverything() {
        everything = true;
        Arrays.fill(allowed, -1L);
    }

    public void allow(int commandId) {
        allowed[commandId >>> 6] |= 1L << commandId;
    }

    public void deny(int commandId) {
        everything = false;
        allowed[commandId >>> 6] &= ~(1L << commandId);
    }

    /** Whether no command is refused to this user. */
    public boolean mayDoEverything() {
        return everything;
    }

    /** Whether the user may run a command. */
    public boolean may(int commandId) {
        return (allowed[commandId >>> 6] & 1L << commandId) != 0;
    }
}
