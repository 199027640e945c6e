package io.duetdb.persistence.aof;

/**
 * What loading found, for those who go on from there.
 *
 * @param manifest the append-only file's list of files; empty when there was none
 * @param incrementBytes good length of the last increment, to which it was cut
 * @param incrementCrc CRC-32C of these bytes
 * @param incrementChecked whether checksums stand in it: then those who read it take zeros behind the last for a hole
 * @param effects logical offset the stream of effects stands at
 * @param aofBytes bytes of all files of the append-only file
 * @param baseBytes bytes of its base
 * @param fromSnapshot whether the data came from a snapshot, so that an append-only file still has to be begun
 * @param keysLoaded keys that were read from a snapshot
 * @param keysExpired keys that a snapshot held but whose time was over
 */
public record Outcome(
        Manifest manifest,
        long incrementBytes,
        int incrementCrc,
        boolean incrementChecked,
        long effects,
        long aofBytes,
        long baseBytes,
        boolean fromSnapshot,
        long keysLoaded,
        long keysExpired) {}
