package io.duetdb.persistence.load;

import io.duetdb.persistence.disk.DiskFile;
import io.duetdb.rdb.RdbInput;
import java.io.IOException;
import java.io.UncheckedIOException;

/** An open file as an RDB is read from it. A disk that fails throws {@link UncheckedIOException}. */
public final class FileInput extends RdbInput {
    private final DiskFile file;

    /** Reads on where the file stands. */
    public FileInput(DiskFile file) {
        super(new byte[WINDOW], 0, 0);
        this.file = file;
    }

    @Override
    protected int more(byte[] to, int offset, int length) {
        try {
            return file.read(to, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
