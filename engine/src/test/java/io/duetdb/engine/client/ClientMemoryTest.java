package io.duetdb.engine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.engine.api.Client;
import io.duetdb.engine.api.Connection;
import io.duetdb.engine.api.Reply;
import io.duetdb.engine.kit.EngineFixture;
import io.duetdb.engine.kit.TestConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientMemoryTest {
    private final EngineFixture t = new EngineFixture();
    private final List<String> closed = new ArrayList<>();

    /** A connection that holds what it is told to. */
    private final class Holding implements Connection {
        private final TestConnection connection = new TestConnection();
        private final String name;
        private final long input;
        private final long output;

        Holding(String name, long input, long output) {
            this.name = name;
            this.input = input;
            this.output = output;
        }

        @Override
        public Reply reply() {
            return connection.reply();
        }

        @Override
        public long produced() {
            return connection.produced();
        }

        @Override
        public void release(long position) {
            connection.release(position);
        }

        @Override
        public void closeAfterReply() {}

        @Override
        public void abort() {
            closed.add(name);
        }

        @Override
        public String remoteAddress() {
            return name;
        }

        @Override
        public String localAddress() {
            return "";
        }

        @Override
        public long pendingInput() {
            return input;
        }

        @Override
        public long pendingOutput() {
            return output;
        }
    }

    private ClientState holding(String name, long input, long output) {
        Client client = t.engine().connect(new Holding(name, input, output));
        return (ClientState) client;
    }

    @Test
    void aClientCostsItsStateAndWhatWaitsForIt() {
        assertThat(ClientMemory.bytes(holding("a", 0, 0))).isEqualTo(1024);
        assertThat(ClientMemory.bytes(holding("b", 3000, 5000))).isEqualTo(9024);
    }

    @Test
    void theBiggestGoUntilTheRestIsWithinTheLimit() {
        holding("small", 100_000, 0);
        holding("medium", 0, 200_000);
        holding("large", 150_000, 150_000);
        t.run("CONFIG SET maxmemory-clients 700000").replies("OK");
        t.turn();
        assertThat(closed).isEmpty();
        t.run("CONFIG SET maxmemory-clients 590000").replies("OK");
        t.turn();
        assertThat(closed).containsExactly("large");
        t.run("CONFIG SET maxmemory-clients 1").replies("OK");
        t.turn();
        assertThat(closed).as("128 KB are always allowed").containsExactly("large", "medium");
        assertThat(t.run("INFO stats").value().toString()).contains("evicted_clients:2");
    }

    @Test
    void whoAskedForItIsSpared() {
        holding("spared", 900_000, 0).noEvict(true);
        holding("other", 100, 0);
        t.run("CLIENT NO-EVICT ON").replies("OK");
        t.run("CONFIG SET maxmemory-clients 500kb").replies("OK");
        t.turn();
        t.turn();
        assertThat(closed).containsExactly("other");
        assertThat(t.run("INFO memory").value().toString()).contains("mem_clients_normal:902048");
    }

    @Test
    void aPercentageIsOneOfTheMemoryForData() {
        EngineFixture.Other unused = t.other();
        holding("a", 300_000, 0);
        t.run("CONFIG SET maxmemory 20mb maxmemory-clients 1%").replies("OK");
        t.turn();
        assertThat(closed).containsExactly("a");
        holding("b", 300_000, 0);
        t.run("CONFIG SET maxmemory 64mb").replies("OK");
        t.turn();
        assertThat(closed).containsExactly("a");
        assertThat(unused.connection().aborted()).isFalse();
    }

    @Test
    void withoutALimitNobodyIsClosed() {
        holding("a", 1L << 40, 0);
        t.turn();
        assertThat(closed).isEmpty();
    }
}
