import io.duetdb.Duet;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A program that embeds Duet, with and without ports. Prints what it was answered. */
final class Embedded {
    private Embedded() {}

    public static void main(String[] words) throws Exception {
        try (Duet duet = Duet.start()) {
            duet.execute("SET", "greeting", "hello");
            System.out.println(duet.execute("GET", "greeting"));
        }
        try (Duet duet = Duet.builder().respPort(0).restPort(0).start();
                Socket socket = new Socket("127.0.0.1", duet.respPort())) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            System.out.print(new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII));
        }
    }
}
