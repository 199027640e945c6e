package io.duetdb.engine.commands;

import io.duetdb.engine.command.CommandTable;

/** All tables of commands, one line each. */
public final class Families {
    private static final CommandTable TABLE = new CommandTable(
            ConnectionCommands.TABLE,
            ClientCommands.TABLE,
            CommandCommands.TABLE,
            ConfigCommands.TABLE,
            InfoCommands.TABLE,
            ServerCommands.TABLE,
            StorageCommands.TABLE,
            AppendOnlyCommands.TABLE,
            MemoryCommands.TABLE,
            ModuleCommands.TABLE,
            ClusterCommands.TABLE,
            LolwutCommands.TABLE,
            MonitorCommands.TABLE,
            PubSubCommands.TABLE,
            SlowlogCommands.TABLE,
            LatencyCommands.TABLE,
            DebugCommands.TABLE,
            StringCommands.TABLE,
            CounterCommands.TABLE,
            RangeCommands.TABLE,
            LcsCommands.TABLE,
            DigestCommands.TABLE,
            HashCommands.TABLE,
            HashScanCommands.TABLE,
            HashExpireCommands.TABLE,
            HashFieldCommands.TABLE,
            KeyCommands.TABLE,
            MoveCommands.TABLE,
            DumpCommands.TABLE,
            MigrateCommands.TABLE,
            WaitCommands.TABLE,
            ExpireCommands.TABLE,
            ScanCommands.TABLE,
            SortCommands.TABLE,
            TransactionCommands.TABLE,
            DatabaseCommands.TABLE,
            ListCommands.TABLE,
            ListMoveCommands.TABLE,
            BlockingListCommands.TABLE,
            SetCommands.TABLE,
            SetRandomCommands.TABLE,
            SetAlgebraCommands.TABLE,
            ZSetCommands.TABLE,
            ZRangeCommands.TABLE,
            ZAlgebraCommands.TABLE,
            ZWalkCommands.TABLE,
            BlockingZSetCommands.TABLE);

    private Families() {}

    /** The table of all commands; immutable, one for all engines of a JVM. */
    public static CommandTable table() {
        return TABLE;
    }
}
