// ioredis as publisher and subscriber; the protocol's version is the argument.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { check, port, run } from './check.mjs';

const options = { port, host: '127.0.0.1', protocol: Number(process.argv[2]), maxRetriesPerRequest: 1 };
const publisher = new Redis(options);
let subscriber;
let heard;
let wake;

function hear(...message) {
    heard.push(message);
    wake?.();
}

/** Resolves with everything that was heard once it is so much. */
async function messages(count) {
    while (heard.length < count) await new Promise(resolve => (wake = resolve));
    return heard.splice(0, count);
}

function connect() {
    subscriber?.disconnect();
    subscriber = new Redis(options);
    heard = [];
    subscriber.on('message', (channel, message) => hear(channel, message));
    subscriber.on('pmessage', (pattern, channel, message) => hear(pattern, channel, message));
    subscriber.on('smessage', (channel, message) => hear('shard', channel, message));
}

check('channels and patterns', async () => {
    assert.equal(await subscriber.subscribe('a', 'b'), 2);
    assert.equal(await subscriber.psubscribe('a*'), 3);
    assert.equal(await publisher.publish('a', 'grüße'), 2);
    assert.equal(await publisher.publish('nobody', 'x'), 0);
    assert.equal(await publisher.publish('b', 'x'), 1);
    assert.deepEqual(await messages(3), [['a', 'grüße'], ['a*', 'a', 'grüße'], ['b', 'x']]);
    assert.deepEqual((await publisher.pubsub('CHANNELS')).sort(), ['a', 'b']);
    assert.deepEqual(await publisher.pubsub('NUMSUB', 'a', 'x'), ['a', 1, 'x', 0]);
    assert.equal(await publisher.pubsub('NUMPAT'), 1);
    assert.equal(await subscriber.unsubscribe('a', 'b'), 1);
    assert.equal(await subscriber.punsubscribe(), 0);
    assert.equal(await publisher.publish('a', 'x'), 0);
    assert.equal(await subscriber.set('k', 'v'), 'OK');
});

check('shard channels', async () => {
    assert.equal(await subscriber.ssubscribe('s'), 1);
    assert.equal(await publisher.spublish('s', 'x'), 1);
    assert.deepEqual(await messages(1), [['shard', 's', 'x']]);
    assert.equal(await subscriber.sunsubscribe('s'), 0);
});

check('a subscriber that quits is gone', async () => {
    await subscriber.subscribe('a');
    await subscriber.quit();
    assert.equal(await publisher.publish('a', 'x'), 0);
});

check('many messages, in order', async () => {
    await subscriber.subscribe('many');
    const pipeline = publisher.pipeline();
    for (let i = 0; i < 10000; i++) pipeline.publish('many', `m${i}`);
    await pipeline.exec();
    assert.deepEqual(await messages(10000), Array.from({ length: 10000 }, (_, i) => ['many', `m${i}`]));
});

await run(connect, () => {
    subscriber.disconnect();
    publisher.disconnect();
});
