package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of a request to {@code /multi-exec}: its rows are queued in the engine as they arrive, and run as one
 * when the last has come. One row that cannot be queued, and nothing runs. Reused by its {@link Exchange}.
 */
final class MultiExec {
    private static final byte[] EMPTY_ROW = JsonReply.ascii("ERR empty transaction command");

    private final RestServer server;
    private @Nullable Client client;

    MultiExec(RestServer server) {
        this.server = server;
    }

    /** Queues all complete rows, which are dropped. Returns the error line of the whole when one cannot be queued. */
    byte @Nullable [] queue(Client owner, Rows rows) {
        client = owner;
        Argv argv = server.batch()[0];
        for (int i = 0; i < rows.count(); i++) {
            byte[] error = queueOne(owner, rows, i, argv);
            if (error != null) {
                return refused(error);
            }
        }
        rows.dropComplete();
        return null;
    }

    private byte @Nullable [] queueOne(Client owner, Rows rows, int row, Argv argv) {
        if (rows.arguments(row) == 0) {
            return EMPTY_ROW;
        }
        rows.fill(row, argv);
        byte[] error = Refused.error(argv);
        if (error != null) {
            return error;
        }
        CommandError refusal = server.engine().queue(owner, argv);
        return refusal == null ? null : refusal.line();
    }

    private static byte[] refused(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        String reason = text.startsWith("ERR ") ? text.substring(4) : text;
        return ("EXECABORT Transaction discarded because of: " + reason).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Runs what was queued and answers, now or when the engine says that it has run. */
    void run(RestConnection to, Response response, boolean base64) {
        Client owner = client;
        if (owner == null) {
            throw new IllegalStateException("nothing was queued");
        }
        to.out().advance();
        JsonReply body = body(base64);
        if (server.exec(owner, body) == 0) {
            to.abort();
        } else if (body.size() == 0) {
            to.running();
        } else {
            answer(to, response);
        }
    }

    /** A body for the reply: an item for each command, or one error. */
    JsonReply body(boolean base64) {
        JsonReply body = server.json();
        body.begin(base64, 0);
        body.spread();
        return body;
    }

    /** Answers with the body that holds the reply. */
    void answer(RestConnection to, Response response) {
        client = null;
        JsonReply body = server.json();
        boolean ran = body.spreading();
        if (ran) {
            body.close();
        }
        response.whole(to.out(), ran ? 200 : 400, body);
        to.done(response.persistent());
    }

    /** Forgets what was queued and did not run. */
    void drop() {
        Client owner = client;
        client = null;
        if (owner != null) {
            server.engine().discard(owner);
        }
    }
}
