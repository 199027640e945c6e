package io.duetdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The script that lets wrk post pipelines of 100 GETs: 64 bodies, made once, sent in turn. */
final class PipelineScript {
    private static final String TEXT = """
            local requests, at = {}, 0
            init = function()
              for i = 1, 64 do
                local words = {}
                for j = 1, 100 do
                  words[j] = string.format('["GET","key:%%012d"]', math.random(0, 999999))
                end
                local headers = {["Authorization"] = "Bearer %s", ["Content-Type"] = "application/json"}
                requests[i] = wrk.format("POST", "/pipeline", headers, "[" .. table.concat(words, ",") .. "]")
              end
            end
            request = function()
              at = at %% 64 + 1
              return requests[at]
            end
            """.formatted(Workloads.TOKEN);

    private PipelineScript() {}

    /** Writes the script into a directory. */
    static Path write(Path directory) throws IOException {
        return Files.writeString(directory.resolve("pipeline.lua"), TEXT);
    }

    /** Removes it again. */
    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("pipeline.lua"));
    }
}
