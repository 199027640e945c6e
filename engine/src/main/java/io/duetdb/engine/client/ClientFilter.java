package io.duetdb.engine.client;

import io.duetdb.engine.acl.User;
import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.CommandError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which clients CLIENT KILL means: all conditions that were given must hold. */
public final class ClientFilter {
    private static final List<String> TYPES = List.of("NORMAL", "MASTER", "REPLICA", "SLAVE", "PUBSUB");

    private @Nullable String address;
    private @Nullable String localAddress;
    private @Nullable User user;
    private @Nullable String type;
    private long id;
    private long ageSecondsMin;

    /** Only the client with this id. */
    public void id(long value) {
        id = value;
    }

    /** Only clients from this address. */
    public void address(String value) {
        address = value;
    }

    /** Only clients connected to this address of ours. */
    public void localAddress(String value) {
        localAddress = value;
    }

    /** Only clients that act as this user. */
    public void user(User value) {
        user = value;
    }

    /** Only clients of this type, see {@link #type}. */
    public void type(String value) {
        type = value;
    }

    /** Only clients that have been connected for so long. */
    public void ageSecondsMin(long value) {
        ageSecondsMin = value;
    }

    /** The type of clients an argument names, in upper case. @throws CommandError when there is none */
    public static String type(Argv argv, int index) {
        for (String word : TYPES) {
            if (argv.is(index, word)) {
                return word;
            }
        }
        throw CommandError.quoting("ERR Unknown client type '", argv, index, "'");
    }

    /** Whether a client is of a type: all but subscribers are normal ones, those in MONITOR too. */
    public static boolean isOfType(ClientState client, String type) {
        return type.equals(client.subscriber() ? "PUBSUB" : "NORMAL");
    }

    /** Whether a client is meant. */
    public boolean means(ClientState client, long nowMs) {
        return (address == null || address.equals(ClientLine.address(client)))
                && (localAddress == null || localAddress.equals(ClientLine.localAddress(client)))
                && (user == null || client.user() == user && client.authenticated())
                && (type == null || isOfType(client, type))
                && (id == 0 || id == client.id())
                && (ageSecondsMin == 0 || (nowMs - client.createdAtMs()) / 1000 >= ageSecondsMin);
    }
}
