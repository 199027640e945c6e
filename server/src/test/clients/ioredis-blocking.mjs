// ioredis' commands that wait for keys; the protocol's version is the argument.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { check, failureOf, port, run } from './check.mjs';

const options = { port, host: '127.0.0.1', protocol: Number(process.argv[2]), maxRetriesPerRequest: 1 };
const redis = new Redis(options);
const waiting = new Redis(options);

/** Resolves when so many clients wait. */
async function blocked(count) {
    while (!(await redis.info('clients')).includes(`\nblocked_clients:${count}\r`));
}

check('lists', async () => {
    const left = waiting.blpop('none', 'k', 0);
    const behind = waiting.rpush('done', '1');
    await blocked(1);
    assert.equal(await redis.exists('done'), 0);
    assert.equal(await redis.rpush('k', 'a', 'b', 'c', 'd'), 4);
    assert.deepEqual(await left, ['k', 'a']);
    assert.equal(await behind, 1);
    assert.deepEqual(await waiting.brpop('k', 0), ['k', 'd']);
    assert.equal(await waiting.blmove('k', 'to', 'LEFT', 'RIGHT', 0), 'b');
    assert.equal(await waiting.brpoplpush('k', 'to', 0), 'c');
    assert.deepEqual(await waiting.blmpop(0, 1, 'to', 'LEFT', 'COUNT', 5), ['to', ['c', 'b']]);
});

check('sorted sets', async () => {
    const lowest = waiting.bzpopmin('none', 'z', 0);
    await blocked(1);
    await redis.zadd('z', 1, 'a', 2, 'b', 3, 'c');
    assert.deepEqual((await lowest).map(String), ['z', 'a', '1']);
    assert.deepEqual((await waiting.bzpopmax('z', 0)).map(String), ['z', 'c', '3']);
    assert.equal((await waiting.bzmpop(0, 1, 'z', 'MIN'))[0], 'z');
});

check('time', async () => {
    assert.equal(await waiting.blpop('k', 0.01), null);
    assert.equal(await waiting.brpoplpush('k', 'to', 0.01), null);
    assert.equal(await waiting.bzpopmin('z', 0.01), null);
});

check('unblocked', async () => {
    const id = await waiting.client('ID');
    const failure = failureOf(waiting.blpop('k', 0));
    await blocked(1);
    assert.equal(await redis.client('UNBLOCK', id, 'ERROR'), 1);
    assert.match((await failure).message, /^UNBLOCKED client unblocked via CLIENT UNBLOCK/);
});

await run(() => redis.flushall(), () => {
    redis.disconnect();
    waiting.disconnect();
});
