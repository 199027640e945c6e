package io.duetdb.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.duetdb.Duet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** curl against REST, as documentation writes it. */
@Timeout(120)
final class CurlTest {
    private static Duet duet;

    @BeforeAll
    static void start() {
        Tools.need("curl");
        duet = Duet.builder().restPort(0).restToken("tok").start();
    }

    @AfterAll
    static void end() {
        if (duet != null) {
            duet.close();
        }
    }

    @BeforeEach
    void empty() {
        duet.execute("FLUSHALL");
    }

    @Test
    void commandsInThePath() throws Exception {
        assertThat(curl("/set/hello/world")).isEqualTo("{\"result\":\"OK\"}");
        assertThat(curl("/get/hello")).isEqualTo("{\"result\":\"world\"}");
        assertThat(curl("/get/nosuch")).isEqualTo("{\"result\":null}");
        assertThat(curl("/set/timed/v?EX=100")).isEqualTo("{\"result\":\"OK\"}");
        assertThat(curl("/ttl/timed")).isEqualTo("{\"result\":100}");
        assertThat(curl("/mget/hello/nosuch")).isEqualTo("{\"result\":[\"world\",null]}");
    }

    @Test
    void commandsInTheBody() throws Exception {
        assertThat(curl("", "-d", "[\"SET\", \"n\", 41]")).isEqualTo("{\"result\":\"OK\"}");
        assertThat(curl("/", "-d", "[\"INCR\", \"n\"]")).isEqualTo("{\"result\":42}");
        assertThat(curl("/pipeline", "-d", "[[\"INCR\",\"n\"],[\"GET\",\"n\"],[\"NOSUCH\"]]"))
                .isEqualTo("[{\"result\":43},{\"result\":\"43\"},"
                        + "{\"error\":\"ERR unknown command 'NOSUCH', with args beginning with: \"}]");
        assertThat(curl("/set/raw", "-d", "{\"json\": true}")).isEqualTo("{\"result\":\"OK\"}");
        assertThat(duet.execute("GET", "raw")).isEqualTo("{\"json\": true}");
    }

    @Test
    void aFailedCommandIsFourHundred() throws Exception {
        curl("/set/s/x");
        assertThat(curl("/incr/s", "-w", " %{http_code}"))
                .isEqualTo("{\"error\":\"ERR value is not an integer or out of range\"} 400");
    }

    @Test
    void theTokenIsAskedFor() throws Exception {
        String url = "http://127.0.0.1:" + duet.restPort() + "/get/k";
        assertThat(Tools.run("", "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url)
                        .out())
                .isEqualTo("401");
        assertThat(Tools.run("", "curl", "-s", url + "?_token=tok").out()).isEqualTo("{\"result\":null}");
    }

    @Test
    void aBigBodyIsAskedForBeforeItIsSent() throws Exception {
        String big = "x".repeat(2_000_000);
        String url = "http://127.0.0.1:" + duet.restPort() + "/set/big";
        String said = Tools.run(
                        big,
                        "curl",
                        "-s",
                        "-H",
                        "Authorization: Bearer tok",
                        "-H",
                        "Expect: 100-continue",
                        "--data-binary",
                        "@-",
                        url)
                .succeeded()
                .out();
        assertThat(said).isEqualTo("{\"result\":\"OK\"}");
        assertThat(duet.execute("STRLEN", "big")).isEqualTo(2_000_000L);
    }

    private static String curl(String path, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-s", "-H", "Authorization: Bearer tok"));
        command.addAll(List.of(arguments));
        command.add("http://127.0.0.1:" + duet.restPort() + path);
        return Tools.run("", command.toArray(new String[0])).succeeded().out();
    }
}
