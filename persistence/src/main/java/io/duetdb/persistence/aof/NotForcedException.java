package io.duetdb.persistence.aof;

import java.io.IOException;

/** A manifest has taken the place of the old one, but whether it lasts through a power cut is not known. */
final class NotForcedException extends IOException {
    private static final long serialVersionUID = 1L;

    NotForcedException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
