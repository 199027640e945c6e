package io.duetdb.resp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the loop's thread allocates for each command of a pipeline, sockets and end of turn included. */
@Timeout(60)
class LoopAllocationTest {
    private static final int PIPELINE = 16;
    private static final int WARM_UP = 20_000;
    private static final int ROUNDS = 20_000;

    static Stream<Transport> transports() {
        return RespServerTest.transports().filter(transport -> transport != Transport.IO_URING);
    }

    private static void rounds(Socket socket, int count) throws IOException {
        byte[] request = FakeDoor.ascii("*1\r\n$4\r\nPING\r\n".repeat(PIPELINE));
        byte[] reply = new byte[7 * PIPELINE];
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        for (int i = 0; i < count; i++) {
            out.write(request);
            if (in.readNBytes(reply, 0, reply.length) != reply.length) {
                throw new IOException("connection ended");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void underOneBytePerCommand(Transport transport) throws Exception {
        try (ServerKit kit = new ServerKit(transport);
                Socket socket = kit.connect()) {
            long thread = kit.loop.submit(() -> Thread.currentThread().getId()).get();
            rounds(socket, WARM_UP);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getThreadAllocatedBytes(thread);
            rounds(socket, ROUNDS);
            long allocated = threads.getThreadAllocatedBytes(thread) - before;
            double perCommand = (double) allocated / ROUNDS / PIPELINE;
            System.out.printf("%s: %.3f bytes per command%n", transport, perCommand);
            assertThat(perCommand).isLessThan(1.0);
        }
    }
}
