/**
 * The truth machine for conversations: several clients of Duet and of a real redis-server, each of whose replies and
 * pushes are compared in order and byte for byte after every step.
 *
 * <p>{@link io.duetdb.truth.talk.TalkGrammar} makes the steps, {@link io.duetdb.truth.talk.Conversation} takes them to
 * {@link io.duetdb.truth.talk.RedisParty} (which knows when redis-server has said all it is going to say) and to
 * {@link io.duetdb.truth.talk.DuetParty} (whose clock it moves), {@link io.duetdb.truth.talk.TalkMachine} runs long
 * series, {@link io.duetdb.truth.talk.TalkShrinker} makes a failure short. What may differ stands in
 * {@link io.duetdb.truth.talk.TalkRules}, nowhere else. {@link io.duetdb.truth.talk.TalkBugs} show that it sees.
 */
package io.duetdb.truth.talk;
