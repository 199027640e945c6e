/**
 * The truth machine: random commands to Duet and to a real redis-server, their replies compared byte for byte.
 *
 * <p>{@link io.duetdb.truth.Grammar} makes commands from the command table, {@link io.duetdb.truth.Comparison} gives
 * them to both sides, {@link io.duetdb.truth.TruthMachine} runs long series, {@link io.duetdb.truth.Shrinker} makes a
 * failure short. What may differ stands in {@link io.duetdb.truth.Normalisations} (chance, order, the host) and in
 * {@code differences.txt} (decided by us), nowhere else. {@link io.duetdb.truth.PlantedBugs} show that it sees.
 */
package io.duetdb.truth;
