package io.duetdb.engine.commands;

import io.duetdb.engine.api.Host.Figure;
import io.duetdb.engine.command.Services;
import io.duetdb.engine.keyspace.Keyspace;

/**
 * Figures of memory that INFO and MEMORY STATS share, in bytes.
 *
 * @param blocks in allocated blocks
 * @param used in pages that are in use
 * @param held taken from the Java heap for pages
 * @param resident of the process
 * @param peak the most that was in use
 * @param startup in use before the first command
 * @param tables of the tables of databases
 * @param keys number of keys
 */
record MemoryFigures(
        long blocks, long used, long held, long resident, long peak, long startup, long tables, long keys) {

    /** The present figures. */
    static MemoryFigures of(Services services) {
        Keyspace keyspace = services.keyspace();
        long tables = 0;
        for (int i = 0; i < keyspace.count(); i++) {
            tables += keyspace.db(i).tableBytes();
        }
        long used = keyspace.usedBytes();
        return new MemoryFigures(
                keyspace.memory().blockBytes(),
                used,
                keyspace.heldBytes(),
                services.host().figure(Figure.RESIDENT_BYTES, keyspace.heldBytes()),
                Math.max(used, services.stats().usedBytesPeak),
                services.stats().usedBytesAtStart,
                tables,
                keyspace.size());
    }

    /** What is not data: what was there at the start, and the tables of databases. */
    long overhead() {
        return Math.min(used, startup + (keys == 0 ? 0 : tables));
    }

    /** What is data. */
    long dataset() {
        return used - overhead();
    }

    /** What came since the start. */
    long grown() {
        return Math.max(0, used - startup);
    }

    /** Data's part of what came since the start. */
    double datasetPercent() {
        return grown() == 0 ? 0 : Math.min(100, 100.0 * dataset() / grown());
    }

    /** Pages against the blocks in them. */
    double fragmentation() {
        return blocks == 0 ? 1 : (double) used / blocks;
    }

    /** What the heap holds for pages against what is in use. */
    double heldRatio() {
        return (double) held / used;
    }

    /** The process against what it holds for pages. */
    double residentRatio() {
        return (double) resident / held;
    }
}
