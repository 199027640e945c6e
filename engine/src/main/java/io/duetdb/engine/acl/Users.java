package io.duetdb.engine.acl;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All users by name. */
public final class Users {
    /** The user of clients that did not authenticate. */
    public static final String DEFAULT = "default";

    /** The user behind REST's read-only token: {@code +@read -@dangerous}. */
    public static final String READ_ONLY = "default_ro";

    private final Map<String, User> byName = new LinkedHashMap<>();
    private final User defaultUser;

    public Users(User defaultUser) {
        this.defaultUser = defaultUser;
        add(defaultUser);
    }

    public User defaultUser() {
        return defaultUser;
    }

    public void add(User user) {
        byName.put(user.name(), user);
    }

    /** A user by name, or null. */
    public @Nullable User get(String name) {
        return byName.get(name);
    }
}
