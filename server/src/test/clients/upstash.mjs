// @upstash/redis over REST.
import assert from 'node:assert/strict';
import { Redis } from '@upstash/redis';
import { check, failureOf, restToken, restUrl, run } from './check.mjs';

const connection = { url: restUrl, token: restToken, enableTelemetry: false, retry: false };
const plain = new Redis({ ...connection, responseEncoding: false, enableAutoPipelining: false });
const kinds = {
    'base64, automatic pipelines': new Redis({ ...connection }),
    'base64, one by one': new Redis({ ...connection, enableAutoPipelining: false }),
    'plain, automatic pipelines': new Redis({ ...connection, responseEncoding: false }),
    'plain, one by one': plain,
};

for (const [kind, redis] of Object.entries(kinds)) {
    check(`values (${kind})`, async () => {
        assert.equal(await redis.set('s', 'v'), 'OK');
        assert.equal(await redis.get('s'), 'v');
        assert.equal(await redis.get('nosuch'), null);
        assert.equal(await redis.set('s', 'w', { nx: true }), null);
        assert.equal(await redis.set('s', 'w', { xx: true, ex: 100 }), 'OK');
        assert.equal(await redis.set('s', 'x', { get: true }), 'w');
        assert.equal(await redis.getex('s', { px: 50000 }), 'x');
        assert.equal(await redis.setnx('s', 'y'), 0);
        assert.equal(await redis.setex('e', 10, 'v'), 'OK');
        assert.equal(await redis.psetex('e', 10000, 'v'), 'OK');
        assert.equal(await redis.append('s', 'yz'), 3);
        assert.equal(await redis.strlen('s'), 3);
        assert.equal(await redis.getset('s', 'q'), 'xyz');
        assert.equal(await redis.getdel('s'), 'q');
        assert.equal(await redis.setrange('r', 2, 'abc'), 5);
        assert.equal(await redis.getrange('r', 2, -1), 'abc');
        assert.equal(await redis.mset({ a: 'one', b: 'two' }), 'OK');
        assert.deepEqual(await redis.mget('a', 'nosuch', 'b'), ['one', null, 'two']);
        assert.equal(await redis.msetnx({ b: '3', c: '3' }), 0);
        assert.equal(await redis.echo('hi'), 'hi');
        assert.equal(await redis.ping(), 'PONG');
    });

    check(`what JavaScript has (${kind})`, async () => {
        const values = [{ deep: [1, { two: null }] }, [1, 'two', null], 42, -1.5, true, false, 'grüße 你好', '"', ''];
        for (const value of values) {
            await redis.set('js', value);
            assert.deepEqual(await redis.get('js'), value);
        }
        await redis.set('js', 'OK');
        assert.equal(await redis.get('js'), 'OK');
    });

    check(`counters (${kind})`, async () => {
        assert.equal(await redis.incr('n'), 1);
        assert.equal(await redis.incrby('n', 41), 42);
        assert.equal(await redis.decr('n'), 41);
        assert.equal(await redis.decrby('n', 50), -9);
        assert.equal(await redis.incrbyfloat('f', 0.5), 0.5);
    });

    check(`keys and times to live (${kind})`, async () => {
        await redis.mset({ k1: 'v', k2: 'v', other: 'v' });
        assert.equal(await redis.exists('k1', 'k2', 'nosuch'), 2);
        assert.equal(await redis.type('k1'), 'string');
        assert.deepEqual((await redis.keys('k*')).sort(), ['k1', 'k2']);
        assert.ok(['k1', 'k2', 'other'].includes(await redis.randomkey()));
        assert.equal(await redis.touch('k1', 'k2'), 2);
        assert.equal(await redis.copy('k1', 'k3'), 'COPIED');
        assert.equal(await redis.rename('k3', 'k4'), 'OK');
        assert.equal(await redis.renamenx('k4', 'k1'), 0);
        assert.equal(await redis.del('k4'), 1);
        assert.equal(await redis.ttl('k1'), -1);
        assert.equal(await redis.expire('k1', 100), 1);
        assert.ok((await redis.pttl('k1')) > 90000);
        assert.equal(await redis.pexpire('k1', 50000), 1);
        const later = Math.floor(Date.now() / 1000) + 1000;
        assert.equal(await redis.expireat('k1', later), 1);
        assert.equal(await redis.persist('k1'), 1);
        assert.equal(await redis.del('k1', 'nosuch'), 1);
        assert.equal(await redis.unlink('k2'), 1);
        assert.equal(await redis.dbsize(), 1);
    });

    check(`a scan (${kind})`, async () => {
        await Promise.all(Array.from({ length: 300 }, (_, i) => redis.set(`scan:${i}`, 'v')));
        await redis.set('other', 'v');
        const found = new Set();
        let cursor = '0';
        do {
            const [next, keys] = await redis.scan(cursor, { match: 'scan:*', count: 50 });
            keys.forEach(key => found.add(key));
            cursor = next;
        } while (cursor !== '0');
        assert.equal(found.size, 300);
    });

    check(`pipelines (${kind})`, async () => {
        const pipeline = redis.pipeline();
        pipeline.set('p', 1);
        pipeline.incr('p');
        pipeline.get('p');
        assert.deepEqual(await pipeline.exec(), ['OK', 2, 2]);
    });

    check(`transactions (${kind})`, async () => {
        const multi = redis.multi();
        multi.set('t', 1);
        multi.incr('t');
        multi.get('t');
        multi.hset('th', { f: 'v' });
        multi.hgetall('th');
        multi.get('nosuch');
        assert.deepEqual(await multi.exec(), ['OK', 2, 2, 1, { f: 'v' }, null]);
        const failing = redis.multi();
        failing.set('t', 'x');
        failing.incr('t');
        failing.set('t', 'OK');
        failing.get('t');
        assert.match((await failureOf(failing.exec())).message, /incr.*ERR value is not an integer/s);
        assert.equal(await redis.get('t'), 'OK');
        const [, failed, , got] = await failing.exec({ keepErrors: true });
        assert.match(failed.error, /ERR value is not an integer or out of range/);
        assert.equal(got.result, 'OK');
        const discarded = redis.multi();
        discarded.set('t', 'no');
        discarded.del();
        const error = await failureOf(discarded.exec());
        assert.match(error.message, /EXECABORT Transaction discarded because of: wrong number of arguments/);
        assert.equal(await redis.get('t'), 'OK');
    });

    check(`errors (${kind})`, async () => {
        await redis.set('s', 'x');
        const error = await failureOf(redis.incr('s'));
        assert.match(error.name, /Upstash/);
        assert.match(error.message, /ERR value is not an integer or out of range/);
        const pipeline = redis.pipeline();
        pipeline.incr('s');
        pipeline.get('s');
        const [failed, got] = await pipeline.exec({ keepErrors: true });
        assert.match(failed.error, /ERR value is not an integer or out of range/);
        assert.equal(got.result, 'x');
    });

    check(`one tick's requests (${kind})`, async () => {
        const replies = await Promise.all(Array.from({ length: 100 }, () => redis.incr('auto')));
        assert.deepEqual(
            replies.sort((a, b) => a - b),
            Array.from({ length: 100 }, (_, i) => i + 1),
        );
    });
}

check('a wrong token', async () => {
    const stranger = new Redis({ ...connection, token: 'wrong' });
    assert.match((await failureOf(stranger.get('s'))).message, /WRONGPASS invalid or missing auth token/);
});

check('read-your-writes', async () => {
    const redis = new Redis({ ...connection, readYourWrites: true, enableAutoPipelining: false });
    await redis.set('k', 'v');
    const token = redis.readYourWritesSyncToken;
    assert.ok(token);
    await redis.set('k', 'w');
    assert.notEqual(redis.readYourWritesSyncToken, token);
    assert.equal(await redis.get('k'), 'w');
});

await run(() => plain.flushall(), () => {});
