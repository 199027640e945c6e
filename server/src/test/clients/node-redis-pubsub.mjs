// node-redis as publisher and subscriber; the protocol's version is the argument.
import assert from 'node:assert/strict';
import { createClient } from 'redis';
import { check, port, run } from './check.mjs';

const options = { url: `redis://127.0.0.1:${port}`, RESP: Number(process.argv[2]) };
const publisher = createClient(options);
publisher.on('error', error => {
    throw error;
});
await publisher.connect();
let subscriber;
let heard;
let wake;

function hear(message, channel) {
    heard.push([channel, message]);
    wake?.();
}

/** Resolves with everything that was heard once it is so much. */
async function messages(count) {
    while (heard.length < count) await new Promise(resolve => (wake = resolve));
    return heard.splice(0, count);
}

async function connect() {
    subscriber?.destroy();
    subscriber = createClient(options);
    subscriber.on('error', error => {
        throw error;
    });
    await subscriber.connect();
    heard = [];
}

check('channels and patterns', async () => {
    await subscriber.subscribe(['a', 'b'], hear);
    await subscriber.pSubscribe('a*', hear);
    assert.equal(await publisher.publish('a', 'grüße'), 2);
    assert.equal(await publisher.publish('nobody', 'x'), 0);
    assert.equal(await publisher.publish('b', 'x'), 1);
    assert.deepEqual(await messages(3), [['a', 'grüße'], ['a', 'grüße'], ['b', 'x']]);
    assert.deepEqual((await publisher.pubSubChannels()).sort(), ['a', 'b']);
    assert.deepEqual({ ...(await publisher.pubSubNumSub(['a', 'x'])) }, { a: 1, x: 0 });
    assert.equal(await publisher.pubSubNumPat(), 1);
    await subscriber.unsubscribe(['a', 'b']);
    await subscriber.pUnsubscribe();
    assert.equal(await publisher.publish('a', 'x'), 0);
    assert.equal(String(await subscriber.set('k', 'v')), 'OK'); // in RESP2 it goes on to give bytes
});

check('shard channels', async () => {
    await subscriber.sSubscribe('s', hear);
    assert.equal(await publisher.sPublish('s', 'x'), 1);
    assert.deepEqual(await messages(1), [['s', 'x']]);
    await subscriber.sUnsubscribe('s');
    assert.equal(await publisher.sPublish('s', 'x'), 0);
});

check('a subscriber that closes is gone', async () => {
    await subscriber.subscribe('a', hear);
    await subscriber.unsubscribe('a');
    await subscriber.close();
    subscriber = undefined;
    assert.equal(await publisher.publish('a', 'x'), 0);
});

check('many messages, in order', async () => {
    await subscriber.subscribe('many', hear);
    await Promise.all(Array.from({ length: 10000 }, (_, i) => publisher.publish('many', `m${i}`)));
    assert.deepEqual(await messages(10000), Array.from({ length: 10000 }, (_, i) => ['many', `m${i}`]));
});

await run(connect, async () => {
    subscriber?.destroy();
    await publisher.close();
});
