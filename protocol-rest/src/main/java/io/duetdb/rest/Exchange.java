package io.duetdb.rest;

import io.duetdb.engine.api.Argv;
import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.CommandError;
import io.duetdb.engine.api.Reply;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: collects the command or commands, runs them, answers. A pipeline runs in slices, its rows
 * as they arrive when there are many, and its response leaves in chunks when it is long. Reused.
 */
final class Exchange {
    private static final int PATH = 0;
    private static final int JSON = 1;
    private static final int PIPELINE = 2;
    private static final int PREFLIGHT = 3;
    private static final int FAILED = 4;
    private static final int STREAM = 5;
    private static final int TRANSACTION = 6;

    private static final int FIRST_BATCH = 4;
    private static final int FEED_BYTES = 16 * 1024;

    private static final byte[] METHOD = JsonReply.ascii("ERR method not allowed");
    private static final byte[] TOKEN = JsonReply.ascii("WRONGPASS invalid or missing auth token");
    private static final byte[] FORMAT = JsonReply.ascii("ERR unknown value of Upstash-Response-Format");
    private static final byte[] FORMAT_BASE64 =
            JsonReply.ascii("ERR Upstash-Response-Format: resp2 and Upstash-Encoding: base64 exclude each other");
    private static final byte[] COMMAND = JsonReply.ascii("ERR failed to parse command");
    private static final byte[] ESCAPE = JsonReply.ascii("ERR failed to parse command: malformed percent-encoding");
    private static final byte[] EMPTY = JsonReply.ascii("ERR empty command");
    private static final byte[] EMPTY_PIPELINE = JsonReply.ascii("ERR empty pipeline request");
    private static final byte[] EMPTY_ROW = JsonReply.ascii("ERR empty pipeline command");
    private static final byte[] EMPTY_TRANSACTION = JsonReply.ascii("ERR empty transaction request");

    private final RestServer server;
    private final JsonRows json;
    private final Rows rows = new Rows();
    private final PathBody raw = new PathBody();
    private final Response response;
    private final MultiExec multi;
    private @Nullable RestConnection connection;

    private int kind;
    private boolean withBody;
    private boolean base64;
    private boolean resp2;
    private int user;

    private int failStatus;
    private byte[] failLine = EMPTY;

    // a pipeline under way
    private int row;
    private int most;
    private int rowsBefore;
    private int items;
    private boolean opened;
    private boolean ended;

    Exchange(RestServer server, JsonRows json) {
        this.server = server;
        this.json = json;
        response = new Response(server);
        multi = new MultiExec(server);
    }

    // ---- the request

    /** Starts with a head that stands in {@code b}. */
    void begin(RestConnection owner, HttpHead head, byte[] b) {
        connection = owner;
        rows.reset();
        user = Tokens.NOBODY;
        response.begin(head);
        base64 = head.base64();
        resp2 = false;
        withBody = head.method() == HttpHead.POST || head.method() == HttpHead.PUT;
        raw.reset();
        row = 0;
        rowsBefore = 0;
        most = 1;
        items = 0;
        opened = false;
        ended = false;

        int start = head.targetStart();
        int end = head.targetEnd();
        int query = PathForm.query(b, start, end);
        if (head.method() == HttpHead.OPTIONS) {
            preflight(head, b);
        } else if (head.method() == HttpHead.OTHER) {
            fail(405, METHOD);
        } else if (!authenticate(head, b, query, end)) {
            fail(401, TOKEN);
        } else if (head.formatUnknown()) {
            fail(400, FORMAT);
        } else if (head.resp2() && base64) {
            fail(400, FORMAT_BASE64);
        } else {
            resp2 = head.resp2();
            response.authenticated();
            target(b, start, query, end);
            boolean many = kind == PIPELINE || kind == TRANSACTION;
            if (!many && kind != FAILED && head.contentLength() > limit()) {
                fail(413, Limits.exceeded(limit(), head.contentLength()));
            }
        }
    }

    private boolean authenticate(HttpHead head, byte[] b, int query, int end) {
        if (head.hasAuthorization()) {
            user = server.tokens().user(b, head.tokenStart(), head.tokenEnd());
        } else if (query <= end) {
            PathForm.token(b, query, end, rows);
            if (rows.openArguments() > 0) {
                user = server.tokens().user(rows.bytes(), 0, rows.size());
            }
            rows.reset();
        }
        return user != Tokens.NOBODY;
    }

    private void target(byte[] b, int start, int query, int end) {
        int first = PathForm.firstSegment(b, start, query - 1);
        int last = PathForm.lastSegment(b, first, query - 1);
        switch (PathForm.endpoint(b, first, last)) {
            case PathForm.PIPELINE -> {
                kind = PIPELINE;
                json.begin(true, "pipeline request");
                most = resp2 ? 1 : FIRST_BATCH;
            }
            case PathForm.MULTI_EXEC -> {
                kind = TRANSACTION;
                resp2 = false; // the contract knows JSON only here
                json.begin(true, "transaction request");
            }
            case PathForm.EVENTS -> {
                kind = STREAM;
                if (!PathForm.path(b, first, last, rows)) {
                    fail(400, ESCAPE);
                }
            }
            case PathForm.ROOT -> {
                kind = JSON;
                json.begin(false, "command");
            }
            default -> {
                kind = PATH;
                boolean fine = PathForm.path(b, first, last, rows);
                raw.at(fine ? rows.openArguments() : 0);
                if (!fine || (query <= end && !PathForm.parameters(b, query, end, rows))) {
                    fail(400, ESCAPE);
                }
            }
        }
    }

    private void preflight(HttpHead head, byte[] b) {
        kind = PREFLIGHT;
        RestConnection to = owner();
        if (!to.bodyEnded()) {
            fail(400, COMMAND);
            return;
        }
        response.preflight(to.out(), b, head.requestHeadersStart(), head.requestHeadersEnd());
        to.done(response.persistent());
    }

    private long limit() {
        return server.options().maxRequestBytes();
    }

    private RestConnection owner() {
        RestConnection to = connection;
        if (to == null) {
            throw new IllegalStateException("no request");
        }
        return to;
    }

    private void fail(int status, byte[] line) {
        multi.drop();
        kind = FAILED;
        failStatus = status;
        failLine = line;
    }

    /** Whether the request will be answered by an error, whatever else comes. */
    boolean failed() {
        return kind == FAILED;
    }

    /** Takes a piece of the body. */
    void body(byte[] b, int from, int to, boolean last) {
        if (!withBody) {
            return;
        }
        if (kind == PATH || kind == STREAM) {
            raw(b, from, to);
            return;
        }
        boolean fine = true;
        for (int at = from; at < to && fine; at += FEED_BYTES) {
            fine = json.feed(b, at, Math.min(to, at + FEED_BYTES), rows);
        }
        if (!fine) {
            refuseBody();
        } else if (kind == PIPELINE
                && !last
                && windowIsFull()
                && (!owner().out().congested() || !mayCollect())) {
            owner().running();
            run();
        } else if (kind == TRANSACTION && !last && windowIsFull()) {
            queueRows();
        }
    }

    private boolean windowIsFull() {
        int waiting = rows.count() - row;
        return waiting >= Limits.WINDOW_ROWS || (waiting > 0 && rows.size() >= Limits.WINDOW_BYTES);
    }

    /** Whether more of the body may be collected while what was answered does not leave. */
    boolean mayCollect() {
        return !ended && rows.size() < Limits.COLLECTED_BYTES;
    }

    private void refuseBody() {
        byte[] line = json.error();
        fail(json.tooLarge() ? 413 : 400, line == null ? COMMAND : line);
    }

    /** Takes a piece of a body that is an argument as it is, or nothing at all. */
    private void raw(byte[] b, int from, int to) {
        long size = raw.size() + (long) (to - from);
        if (size > limit()) {
            fail(413, Limits.exceeded(limit(), size));
        } else if (kind == PATH) {
            raw.append(rows, b, from, to);
        } else {
            raw.skip(to - from); // SDKs send an empty list for a stream, which means nothing
        }
    }

    /** The body has ended: runs what was asked for, or answers why not. */
    void end() {
        ended = true;
        switch (kind) {
            case PATH -> {
                raw.fill(rows, server.batch()[0]);
                command();
            }
            case JSON -> {
                if (!json.end()) {
                    refuseBody();
                    respondFailure(true);
                } else if (rows.arguments(0) == 0) {
                    fail(400, EMPTY);
                    respondFailure(true);
                } else {
                    rows.fill(0, server.batch()[0]);
                    command();
                }
            }
            case PIPELINE, TRANSACTION -> {
                if (!json.end()) {
                    refuseBody();
                    respondFailure(true);
                } else if (items == 0 && rows.count() == 0) {
                    fail(400, kind == PIPELINE ? EMPTY_PIPELINE : EMPTY_TRANSACTION);
                    respondFailure(true);
                } else if (kind == TRANSACTION) {
                    queueRows();
                } else {
                    owner().running();
                    run();
                }
            }
            case STREAM -> stream();
            case FAILED -> respondFailure(true);
            default -> throw new IllegalStateException("an answered request ended");
        }
    }

    // ---- one command

    private void command() {
        Argv[] batch = server.batch();
        long bytes = (long) rows.size() + raw.size();
        if (kind == PATH && bytes > limit()) {
            fail(413, Limits.exceeded(limit(), bytes));
            respondFailure(true);
            return;
        }
        byte[] refusal = Refused.error(batch[0]);
        if (refusal != null) {
            body().begin(false, 0);
            body().refuse(refusal);
            answer(body());
            return;
        }
        RestConnection to = owner();
        Client client = client(to);
        if (client == null) {
            return;
        }
        to.out().advance();
        Body body = body();
        body.begin(base64, 0);
        int ran = server.execute(client, 1, body);
        if (ran == 0) {
            to.abort();
        } else if (body.items() == 0) {
            to.running();
        } else {
            answer(body);
        }
    }

    private Body body() {
        return resp2 ? server.resp() : server.json();
    }

    private void answer(Body body) {
        RestConnection to = owner();
        response.whole(to.out(), body.failed() ? 400 : 200, body);
        to.done(response.persistent());
    }

    /** The client to execute for; null when there cannot be one and the request was answered so. */
    private @Nullable Client client(RestConnection to) {
        try {
            return to.client(user == Tokens.READ_ONLY);
        } catch (CommandError e) {
            fail(503, e.line());
            respondFailure(false);
            return null;
        }
    }

    // ---- a transaction

    /** Has the engine queue the rows read so far; when these were the last, run them. */
    private void queueRows() {
        RestConnection to = owner();
        Client client = client(to);
        if (client == null) {
            return;
        }
        items += rows.count();
        byte[] error = multi.queue(client, rows);
        if (error != null) {
            fail(400, error);
            if (ended) {
                respondFailure(true);
            }
        } else if (ended) {
            multi.run(to, response, base64);
        }
    }

    // ---- a stream of events

    /** Runs the path's command for a client that takes messages. HEAD runs nothing, its response would have no end. */
    private void stream() {
        RestConnection to = owner();
        if (response.headOnly()) {
            response.events(to.out());
            to.done(response.persistent());
            return;
        }
        rows.endRow();
        rows.fill(0, server.batch()[0]);
        EventStream stream;
        try {
            stream = to.stream(user == Tokens.READ_ONLY);
        } catch (CommandError e) {
            fail(503, e.line());
            respondFailure(false);
            return;
        }
        if (stream.run(server.batch())) {
            streamed(stream);
        } else {
            to.abort();
        }
    }

    /** The command of a stream has run, or waits: then the engine says when it has. */
    private void streamed(EventStream stream) {
        RestConnection to = owner();
        byte[] refusal = stream.refusal();
        if (refusal != null) {
            to.noStream();
            fail(400, refusal);
            respondFailure(true);
        } else if (stream.answered()) {
            to.out().advance();
            boolean chunked = response.events(to.out());
            to.streaming();
            stream.begin(chunked);
        } else {
            to.running();
        }
    }

    // ---- a pipeline

    /** Runs rows until all are done or the slice is over; then the connection runs it again, or goes on reading. */
    void run() {
        RestConnection to = owner();
        Client client = client(to);
        if (client == null) {
            return;
        }
        Body body = body();
        body.begin(base64, items);
        if (!opened) {
            opened = true;
            body.open();
        }
        if (runRows(client, body)) {
            settle(body);
        } else {
            to.abort();
        }
    }

    /** Keeps what the rows replied, and sees what is next. */
    private void settle(Body body) {
        RestConnection to = owner();
        items = body.items();
        if (items < rowsBefore + row) {
            // The last row is under way without a reply: the engine says when it is done.
            response.keep(to.out(), body);
            return;
        }
        if (row < rows.count()) {
            response.keep(to.out(), body);
            to.runSoon();
            return;
        }
        rowsBefore += row;
        rows.dropComplete();
        row = 0;
        if (ended) {
            body.close();
            response.whole(to.out(), 200, body);
            to.done(response.persistent());
        } else {
            response.keep(to.out(), body);
            to.receive();
        }
    }

    /** The sink for a reply that comes in a later turn, of a command that was suspended. */
    Reply lateReply() {
        if (kind == TRANSACTION) {
            return multi.body(base64);
        }
        body().begin(base64, items);
        return body().sink();
    }

    /** A suspended command is done: its reply was written into {@link #lateReply}, or into the stream it began. */
    void resumed(@Nullable EventStream stream) {
        RestConnection to = owner();
        if (stream != null) {
            streamed(stream);
            return;
        }
        to.out().advance();
        body().settle();
        if (kind == PIPELINE) {
            settle(body());
        } else if (kind == TRANSACTION) {
            multi.answer(to, response);
        } else {
            answer(body());
        }
    }

    /** Runs rows in order. False when the engine has closed the client. */
    private boolean runRows(Client client, Body body) {
        LongSupplier nanos = server.options().nanos();
        Argv[] batch = server.batch();
        boolean advanced = false;
        long start = rows.count() - row > most ? nanos.getAsLong() : 0;
        long before = start;
        while (row < rows.count()) {
            byte[] error = null;
            int n = 0;
            while (n < most && row + n < rows.count()) {
                error = prepare(row + n, batch[n]);
                if (error != null) {
                    break;
                }
                n++;
            }
            int size = body.size();
            if (n > 0) {
                if (!advanced) {
                    advanced = true;
                    owner().out().advance();
                }
                int ran = server.execute(client, n, body);
                row += ran;
                if (body.items() < rowsBefore + row) {
                    return true;
                }
                if (ran < n) {
                    return false;
                }
            }
            if (error != null) {
                body.refuse(error);
                row++;
            }
            if (row < rows.count()) {
                long now = nanos.getAsLong();
                adapt(body.batch(), now - before, body.size() - size);
                before = now;
                if (now - start >= server.options().sliceNs() || body.size() > Limits.RESPONSE_BYTES) {
                    return true;
                }
            }
        }
        return true;
    }

    /** Large batches are for rows that take little time and answer little: a slice must end in time. */
    private void adapt(int limit, long ns, int bytes) {
        boolean light = ns < server.options().sliceNs() / 4 && bytes < Limits.RESPONSE_BYTES / 4;
        most = light ? Math.min(limit, most * 2) : 1;
    }

    /** Fills {@code argv} with a row. Returns the error of a row that cannot be executed. */
    private byte @Nullable [] prepare(int index, Argv argv) {
        if (rows.arguments(index) == 0) {
            return EMPTY_ROW;
        }
        rows.fill(index, argv);
        return Refused.error(argv);
    }

    // ---- failures and ends

    /** Answers with the error. {@code whole} when the request was read to its end: only then the connection goes on. */
    void respondFailure(boolean whole) {
        RestConnection to = owner();
        if (!whole) {
            response.close();
        }
        Body body = response.begun() ? body() : server.json();
        body.begin(false, response.begun() ? items : 0);
        body.refuse(failLine);
        if (response.begun()) {
            body.close();
            response.close();
        } else {
            response.drop();
        }
        response.whole(to.out(), failStatus, body);
        to.done(response.persistent());
    }

    /** Whether a part of the response was sent already. */
    boolean responding() {
        return response.begun();
    }

    /** The request will not be answered: gives back what it holds. */
    void abandon() {
        multi.drop();
        response.drop();
    }

    /** Ready for another request. */
    void recycle() {
        multi.drop();
        response.drop();
        connection = null;
        raw.clear();
        if (rows.bytes().length > PathBody.PIECE_BYTES) {
            json.discard();
        }
        rows.clear();
    }

    /** Gives everything back for good. */
    void discard() {
        recycle();
        json.discard();
    }
}
