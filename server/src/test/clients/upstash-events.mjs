// Subscriptions of @upstash/redis: server-sent events.
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
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
    }
}

/** All events of a kind that a subscription has seen. */
function gathered(subscription, kind) {
    const seen = [];
    subscription.on(kind, (event) => seen.push(event));
    return seen;
}

async function subscribers(channel, count) {
    await eventually(async () => {
        assert.deepEqual(await redis.exec(['PUBSUB', 'NUMSUB', channel]), [channel, count]);
    });
}

check('messages as they were published', async () => {
    const subscription = redis.subscribe('news');
    const messages = gathered(subscription, 'message');
    const errors = gathered(subscription, 'error');
    await subscribers('news', 1);
    const values = [{ user: 'a', deep: [1, null] }, 42, 'a, b and c', 'grüße 你好', true, [1, 'x'], 'OK', '{"half'];
    for (const value of values) {
        assert.equal(await redis.publish('news', value), 1);
    }
    await eventually(() => assert.equal(messages.length, values.length));
    assert.deepEqual(messages.map((event) => event.message), values);
    assert.ok(messages.every((event) => event.channel === 'news'));
    assert.deepEqual(errors, []);
    await subscription.unsubscribe();
    await subscribers('news', 0);
});

check('an event per channel, and all together', async () => {
    const subscription = redis.subscribe(['one', 'two']);
    const all = gathered(subscription, 'message');
    const one = gathered(subscription, 'message:one');
    const begun = gathered(subscription, 'subscribe');
    await subscribers('one', 1);
    await subscribers('two', 1);
    await redis.publish('two', 'b');
    await eventually(() => assert.equal(all.length, 1));
    await redis.publish('one', 'a');
    await eventually(() => assert.equal(all.length, 2));
    assert.deepEqual(one.map((event) => event.message), ['a']);
    assert.deepEqual(subscription.getSubscribedChannels().sort(), ['one', 'two']);
    assert.equal(begun.length, 2);
    await subscription.unsubscribe(['one']);
    await subscribers('one', 0);
    assert.equal(await redis.publish('one', 'late'), 0);
    assert.equal(await redis.publish('two', 'still'), 1);
    await eventually(() => assert.equal(all.length, 3));
    await subscription.unsubscribe();
    await subscribers('two', 0);
});

check('nothing comes right behind an end', async () => {
    for (let round = 0; round < 20; round++) {
        const subscription = redis.subscribe('brief');
        const messages = gathered(subscription, 'message');
        await subscribers('brief', 1);
        await subscription.unsubscribe();
        await redis.publish('brief', round);
        await subscribers('brief', 0);
        assert.deepEqual(messages, []);
    }
});

check('patterns', async () => {
    const subscription = redis.psubscribe(['user:*', 'chat:room[12]']);
    const messages = gathered(subscription, 'pmessage');
    const errors = gathered(subscription, 'error');
    await eventually(async () => assert.equal(await redis.exec(['PUBSUB', 'NUMPAT']), 2));
    assert.equal(await redis.publish('user:7', { n: 7 }), 1);
    await eventually(() => assert.equal(messages.length, 1));
    assert.equal(await redis.publish('chat:room2', 'in JSON'.length), 1);
    await eventually(() => assert.equal(messages.length, 2));
    assert.equal(await redis.publish('chat:room3', 'x'), 0);
    assert.deepEqual(
        messages.map((event) => [event.pattern, event.channel, event.message]),
        [
            ['user:*', 'user:7', { n: 7 }],
            ['chat:room[12]', 'chat:room2', 7],
        ],
    );
    assert.deepEqual(errors, []);
    await subscription.unsubscribe();
    await eventually(async () => assert.equal(await redis.exec(['PUBSUB', 'NUMPAT']), 0));
});

check('many messages in order', async () => {
    const subscription = redis.subscribe('flood');
    const messages = gathered(subscription, 'message');
    await subscribers('flood', 1);
    const count = 2000;
    const pipeline = redis.pipeline();
    for (let i = 0; i < count; i++) {
        pipeline.publish('flood', i);
    }
    assert.ok((await pipeline.exec()).every((receivers) => receivers === 1));
    await eventually(() => assert.equal(messages.length, count));
    assert.ok(messages.every((event, i) => event.message === i));
    await subscription.unsubscribe();
});

await run(
    async () => {},
    async () => {},
);
