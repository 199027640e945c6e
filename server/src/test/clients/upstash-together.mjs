// Pipelines, transactions and subscriptions of @upstash/redis together: what one does, the other hears.
import assert from 'node:assert/strict';
import { Redis } from '@upstash/redis';
import { check, restToken, restUrl, run } from './check.mjs';

const redis = new Redis({ url: restUrl, token: restToken, enableTelemetry: false, retry: false });

/** Resolves when `condition` does not throw any more. */
async function eventually(condition) {
    const deadline = Date.now() + 20000;
    for (;;) {
        try {
            return await condition();
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, 2));
        }
    }
}

/** A subscription that is there, and what it hears. */
async function listen(channel) {
    const subscription = redis.subscribe(channel);
    const heard = [];
    subscription.on('message', (event) => heard.push(event.message));
    await eventually(async () => {
        assert.deepEqual(await redis.exec(['PUBSUB', 'NUMSUB', channel]), [channel, 1]);
    });
    return { heard, end: () => subscription.unsubscribe() };
}

check('a transaction is whole when its message comes', async () => {
    const { heard, end } = await listen('moves');
    const seen = [];
    await redis.mset({ from: 100, to: 0 });
    const rounds = 50;
    const movers = Array.from({ length: rounds }, (_, i) =>
        redis.multi().decrby('from', 2).publish('moves', i).incrby('to', 2).exec(),
    );
    const watcher = (async () => {
        while (heard.length < rounds) {
            seen.push(await redis.mget('from', 'to'));
        }
    })();
    for (const [, receivers] of await Promise.all(movers)) {
        assert.equal(receivers, 1);
    }
    await watcher;
    assert.ok(seen.every(([from, to]) => from + to === 100), JSON.stringify(seen));
    assert.deepEqual(await redis.mget('from', 'to'), [0, 100]);
    assert.deepEqual(
        [...heard].sort((a, b) => a - b),
        Array.from({ length: rounds }, (_, i) => i),
    );
    await end();
});

check('a refused transaction tells nobody anything', async () => {
    const { heard, end } = await listen('refused');
    const refused = redis.multi().set('r', 1).publish('refused', 'no');
    refused.chain({ command: ['GET'] });
    await assert.rejects(refused.exec(), /EXECABORT|wrong number of arguments/);
    assert.equal(await redis.get('r'), null);
    assert.equal(await redis.publish('refused', 'yes'), 1);
    await eventually(() => assert.deepEqual(heard, ['yes']));
    await end();
});

check('messages of pipelines and transactions come in order', async () => {
    const { heard, end } = await listen('order');
    const expected = [];
    for (let round = 0; round < 20; round++) {
        const both = round % 2 === 0 ? redis.pipeline() : redis.multi();
        for (let i = 0; i < 10; i++) {
            both.set('last', `${round}/${i}`);
            both.publish('order', { round, i });
            expected.push({ round, i });
        }
        const replies = await both.exec();
        assert.deepEqual(replies, Array(10).fill(['OK', 1]).flat());
    }
    await eventually(() => assert.equal(heard.length, expected.length));
    assert.deepEqual(heard, expected);
    assert.equal(await redis.get('last'), '19/9');
    await end();
});

check('an error in the middle keeps its place, and the rest is done', async () => {
    const { heard, end } = await listen('errors');
    await redis.set('text', 'x');
    const replies = await redis
        .multi()
        .publish('errors', 1)
        .incr('text')
        .publish('errors', 2)
        .exec({ keepErrors: true });
    assert.equal(replies[0].result, 1);
    assert.match(replies[1].error, /not an integer/);
    assert.equal(replies[2].result, 1);
    await eventually(() => assert.deepEqual(heard, [1, 2]));
    await end();
});

check('key events of a transaction reach a subscription', async () => {
    await redis.exec(['CONFIG', 'SET', 'notify-keyspace-events', 'KEA']);
    const subscription = redis.psubscribe(['__keyspace@0__:ev:*']);
    const heard = [];
    subscription.on('pmessage', (event) => heard.push(`${event.channel.slice(15)} ${event.message}`));
    subscription.on('error', (error) => {
        // An event's name is no JSON: the SDK says so and goes on.
        heard.push(`? ${error.message}`);
    });
    await eventually(async () => assert.equal(await redis.exec(['PUBSUB', 'NUMPAT']), 1));
    await redis.multi().set('ev:a', 1).lpush('ev:b', 'x').expire('ev:a', 100).del('ev:b').exec();
    await eventually(() => assert.equal(heard.length, 4));
    await redis.exec(['CONFIG', 'SET', 'notify-keyspace-events', '']);
    await subscription.unsubscribe();
    await eventually(async () => assert.equal(await redis.exec(['PUBSUB', 'NUMPAT']), 0));
});

await run(
    () => redis.flushall(),
    async () => {},
);
