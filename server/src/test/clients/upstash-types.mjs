// @upstash/redis over REST: what its methods for lists, hashes, sets and sorted sets make of the replies.
import assert from 'node:assert/strict';
import { Redis } from '@upstash/redis';
import { check, failureOf, restToken, restUrl, run } from './check.mjs';

const connection = { url: restUrl, token: restToken, enableTelemetry: false, retry: false };
const plain = new Redis({ ...connection, responseEncoding: false, enableAutoPipelining: false });
const kinds = {
    'base64, automatic pipelines': new Redis({ ...connection }),
    'base64, one by one': new Redis({ ...connection, enableAutoPipelining: false }),
    'plain, one by one': plain,
};

/** All pages of a walk, whose cursor begins and ends with 0, in one array. */
async function walk(page) {
    const found = [];
    let cursor = 0;
    do {
        const [next, elements] = await page(cursor);
        found.push(...elements);
        cursor = next;
    } while (String(cursor) !== '0');
    return found;
}

for (const [kind, redis] of Object.entries(kinds)) {
    check(`lists (${kind})`, async () => {
        assert.equal(await redis.rpush('l', 'b', 'c'), 2);
        assert.equal(await redis.lpush('l', 'a'), 3);
        assert.equal(await redis.lpushx('nosuch', 'x'), 0);
        assert.equal(await redis.rpushx('l', 'd', 'b'), 5);
        assert.deepEqual(await redis.lrange('l', 0, -1), ['a', 'b', 'c', 'd', 'b']);
        assert.deepEqual(await redis.lrange('nosuch', 0, -1), []);
        assert.equal(await redis.llen('l'), 5);
        assert.equal(await redis.lindex('l', -2), 'd');
        assert.equal(await redis.lindex('l', 9), null);
        assert.equal(await redis.lset('l', 0, 'z'), 'OK');
        assert.match((await failureOf(redis.lset('l', 9, 'z'))).message, /ERR index out of range/);
        assert.equal(await redis.linsert('l', 'before', 'z', 'y'), 6);
        assert.equal(await redis.linsert('l', 'after', 'nosuch', 'y'), -1);
        assert.equal(await redis.lpos('l', 'b'), 2);
        assert.equal(await redis.lpos('l', 'nosuch'), null);
        assert.equal(await redis.lpos('l', 'b', { rank: -1, maxLen: 100 }), 5);
        assert.deepEqual(await redis.lpos('l', 'b', { count: 0 }), [2, 5]);
        assert.equal(await redis.lrem('l', -1, 'b'), 1);
        assert.equal(await redis.ltrim('l', 0, 3), 'OK');
        assert.equal(await redis.lpop('l'), 'y');
        assert.equal(await redis.rpop('l'), 'c');
        assert.deepEqual(await redis.lpop('l', 5), ['z', 'b']);
        assert.equal(await redis.rpop('l', 5), null);
        assert.equal(await redis.lpop('l'), null);
    });

    check(`elements move between lists (${kind})`, async () => {
        await redis.rpush('l', 'a', 'b', 'c', 'd');
        assert.equal(await redis.lmove('l', 'm', 'left', 'right'), 'a');
        assert.equal(await redis.lmove('nosuch', 'm', 'left', 'right'), null);
        assert.deepEqual(await redis.lmpop(2, ['nosuch', 'm'], 'LEFT'), ['m', ['a']]);
        assert.deepEqual(await redis.lmpop(2, ['nosuch', 'l'], 'RIGHT', 5), ['l', ['d', 'c', 'b']]);
        assert.equal(await redis.lmpop(1, ['nosuch'], 'LEFT'), null);
        const values = [{ deep: [1, null] }, 42, -1.5, true, 'grüße 你好', 'OK'];
        await redis.rpush('js', ...values);
        assert.deepEqual(await redis.lrange('js', 0, -1), values);
        await redis.set('s', 'v');
        assert.match((await failureOf(redis.lpush('s', 'x'))).message, /WRONGTYPE Operation against a key/);
    });

    check(`hashes (${kind})`, async () => {
        assert.equal(await redis.hset('h', { f: 1, g: 'two' }), 2);
        assert.equal(await redis.hset('h', { f: 2 }), 0);
        assert.equal(await redis.hmset('h', { a: { b: [1] } }), 'OK');
        assert.equal(await redis.hsetnx('h', 'f', 'x'), 0);
        assert.equal(await redis.hget('h', 'f'), 2);
        assert.equal(await redis.hget('h', 'nosuch'), null);
        assert.deepEqual(await redis.hmget('h', 'f', 'nosuch', 'g'), { f: 2, nosuch: null, g: 'two' });
        assert.equal(await redis.hmget('nosuch', 'f'), null);
        assert.deepEqual(await redis.hgetall('h'), { f: 2, g: 'two', a: { b: [1] } });
        assert.equal(await redis.hgetall('nosuch'), null);
        assert.deepEqual(await redis.hkeys('h'), ['f', 'g', 'a']);
        assert.deepEqual(await redis.hvals('h'), [2, 'two', { b: [1] }]);
        assert.equal(await redis.hlen('h'), 3);
        assert.equal(await redis.hexists('h', 'g'), 1);
        assert.equal(await redis.hstrlen('h', 'g'), 3);
        assert.equal(await redis.hincrby('h', 'f', 40), 42);
        assert.equal(await redis.hincrbyfloat('h', 'f', 0.5), 42.5);
        assert.match((await failureOf(redis.hincrby('h', 'g', 1))).message, /ERR hash value is not an integer/);
        assert.equal(await redis.hdel('h', 'a', 'g', 'nosuch'), 2);
        assert.equal(await redis.hrandfield('h'), 'f');
        assert.equal(await redis.hrandfield('nosuch'), null);
        assert.deepEqual(await redis.hrandfield('h', -2), ['f', 'f']);
        assert.deepEqual(await redis.hrandfield('h', 2, true), { f: 42.5 });
        assert.equal(await redis.hrandfield('nosuch', 2, true), null);
    });

    check(`fields with times to live (${kind})`, async () => {
        const later = Math.floor(Date.now() / 1000) + 1000;
        await redis.hset('h', { a: 1, b: 2, c: 3 });
        assert.deepEqual(await redis.hexpire('h', ['a', 'nosuch'], 100), [1, -2]);
        assert.deepEqual(await redis.hexpire('h', ['a', 'b'], 200, 'nx'), [0, 1]);
        assert.deepEqual(await redis.hpexpire('h', 'a', 50000), [1]);
        const [ofB, ofC, ofNone] = await redis.httl('h', ['b', 'c', 'nosuch']);
        assert.ok(ofB > 190 && ofB <= 200);
        assert.deepEqual([ofC, ofNone], [-1, -2]);
        const [left] = await redis.hpttl('h', 'a');
        assert.ok(left > 40000 && left <= 50000);
        assert.deepEqual(await redis.hexpireat('h', 'a', later), [1]);
        assert.deepEqual(await redis.hexpiretime('h', 'a'), [later]);
        assert.deepEqual(await redis.hpexpireat('h', 'a', later * 1000 + 5, 'GT'), [1]);
        assert.deepEqual(await redis.hpexpiretime('h', 'a'), [later * 1000 + 5]);
        assert.deepEqual(await redis.hpersist('h', ['a', 'c']), [1, -1]);
        assert.deepEqual(await redis.hexpire('h', 'c', 0), [2]);
        assert.equal(await redis.hsetex('h', { expiration: { ex: 100 } }, { d: 4, e: 'five' }), 1);
        assert.equal(await redis.hsetex('h', { conditional: 'FNX' }, { d: 5 }), 0);
        assert.equal(await redis.hsetex('h', { conditional: 'fxx', expiration: { keepttl: true } }, { d: 6 }), 1);
        assert.deepEqual(await redis.hgetex('h', { persist: true }, 'd', 'nosuch'), { d: 6, nosuch: null });
        assert.deepEqual(await redis.hgetex('h', { px: 5000 }, 'd'), { d: 6 });
        assert.deepEqual(await redis.hpersist('h', 'd'), [1]);
        assert.deepEqual(await redis.hgetdel('h', 'd', 'nosuch'), { d: 6, nosuch: null });
        assert.equal(await redis.hgetdel('h', 'd'), null);
        assert.deepEqual(await redis.hgetall('h'), { a: 1, b: 2, e: 'five' });
    });

    check(`sets (${kind})`, async () => {
        assert.equal(await redis.sadd('s', 'a', 'b', 'c'), 3);
        assert.equal(await redis.sadd('s', 'a'), 0);
        assert.ok(await failureOf(redis.sadd('s')));
        assert.deepEqual((await redis.smembers('s')).sort(), ['a', 'b', 'c']);
        assert.deepEqual(await redis.smembers('nosuch'), []);
        assert.equal(await redis.scard('s'), 3);
        assert.equal(await redis.sismember('s', 'a'), 1);
        assert.deepEqual(await redis.smismember('s', ['a', 'nosuch']), [1, 0]);
        assert.equal(await redis.sadd('t', 'b', 'c', 'd'), 3);
        assert.deepEqual((await redis.sinter('s', 't')).sort(), ['b', 'c']);
        assert.deepEqual((await redis.sunion('s', 't')).sort(), ['a', 'b', 'c', 'd']);
        assert.deepEqual(await redis.sdiff('s', 't'), ['a']);
        assert.equal(await redis.sinterstore('d', 's', 't'), 2);
        assert.equal(await redis.sunionstore('d', 's', 't'), 4);
        assert.equal(await redis.sdiffstore('d', 's', 'nosuch'), 3);
        assert.equal(await redis.sintercard(['s', 't']), 2);
        assert.equal(await redis.sintercard(['s', 't'], { limit: 1 }), 1);
        assert.equal(await redis.smove('s', 't', 'a'), 1);
        assert.equal(await redis.smove('s', 't', 'nosuch'), 0);
        assert.equal(await redis.srem('s', 'b', 'nosuch'), 1);
        assert.equal(await redis.srandmember('s'), 'c');
        assert.deepEqual(await redis.srandmember('s', -2), ['c', 'c']);
        assert.equal(await redis.spop('s'), 'c');
        assert.equal(await redis.spop('s'), null);
        assert.deepEqual((await redis.spop('t', 9)).sort(), ['a', 'b', 'c', 'd']);
        assert.deepEqual(await redis.spop('t', 9), []);
    });

    check(`sorted sets (${kind})`, async () => {
        const three = [{ score: 2.5, member: 'b' }, { score: 3, member: 'c' }];
        assert.equal(await redis.zadd('z', { score: 1, member: 'a' }, ...three), 3);
        assert.equal(await redis.zadd('z', { gt: true, ch: true }, { score: 4, member: 'c' }), 1);
        assert.equal(await redis.zadd('z', { nx: true }, { score: 9, member: 'c' }), 0);
        assert.equal(await redis.zadd('z', { xx: true, incr: true }, { score: 0.5, member: 'a' }), 1.5);
        assert.equal(await redis.zadd('z', { nx: true, incr: true }, { score: 1, member: 'a' }), null);
        assert.equal(await redis.zincrby('z', 1.5, 'a'), 3);
        assert.equal(await redis.zcard('z'), 3);
        assert.equal(await redis.zscore('z', 'b'), 2.5);
        assert.equal(await redis.zscore('z', 'nosuch'), null);
        assert.deepEqual(await redis.zmscore('z', ['a', 'nosuch']), [3, null]);
        assert.equal(await redis.zrank('z', 'c'), 2);
        assert.equal(await redis.zrevrank('z', 'c'), 0);
        assert.equal(await redis.zrank('z', 'nosuch'), null);
        assert.equal(await redis.zcount('z', '(2.5', '+inf'), 2);
        assert.deepEqual(await redis.zpopmin('z'), ['b', 2.5]);
        assert.deepEqual(await redis.zpopmax('z', 5), ['c', 4, 'a', 3]);
        assert.deepEqual(await redis.zpopmin('z'), []);
        assert.equal(await redis.zadd('js', { score: 1, member: { deep: [1] } }), 1);
        assert.equal(await redis.zscore('js', { deep: [1] }), 1);
        assert.deepEqual(await redis.zrange('js', 0, -1), [{ deep: [1] }]);
        assert.equal(await redis.zrem('js', { deep: [1] }, 'nosuch'), 1);
        assert.match((await failureOf(redis.zincrby('z', 'x', 'a'))).message, /ERR value is not a valid float/);
    });

    check(`every range of sorted sets (${kind})`, async () => {
        const members = ['a', 'b', 'c', 'd'];
        await redis.zadd('z', ...members.map((member, i) => ({ score: i + 1, member })));
        await redis.zadd('lex', ...members.map(member => ({ score: 0, member })));
        const ranges = [
            [[0, -1], members],
            [[1, 2, { withScores: true }], ['b', 2, 'c', 3]],
            [[0, 1, { rev: true }], ['d', 'c']],
            [[0, 1, { rev: true, withScores: true }], ['d', 4, 'c', 3]],
            [['(1', '+inf', { byScore: true }], ['b', 'c', 'd']],
            [[2, 4, { byScore: true, offset: 1, count: 5, withScores: true }], ['c', 3, 'd', 4]],
            [['+inf', '(2', { byScore: true, rev: true }], ['d', 'c']],
            [[4, 1, { byScore: true, rev: true, offset: 1, count: 2 }], ['c', 'b']],
            // ranks may be limited at Upstash
            [[0, -1, { offset: 1, count: 2 }], ['b', 'c']],
            [[0, -1, { rev: true, offset: 1, count: -1, withScores: true }], ['c', 3, 'b', 2, 'a', 1]],
            [[0, -1, { offset: 9, count: 2 }], []],
        ];
        for (const [range, expected] of ranges) {
            assert.deepEqual(await redis.zrange('z', ...range), expected, JSON.stringify(range));
        }
        const lexical = [
            [['-', '+', { byLex: true }], members],
            [['[b', '(d', { byLex: true }], ['b', 'c']],
            [['+', '[b', { byLex: true, rev: true }], ['d', 'c', 'b']],
            [['-', '+', { byLex: true, offset: 1, count: 2 }], ['b', 'c']],
        ];
        for (const [range, expected] of lexical) {
            assert.deepEqual(await redis.zrange('lex', ...range), expected, JSON.stringify(range));
        }
        assert.deepEqual(await redis.zrange('nosuch', 0, -1, { withScores: true }), []);
        assert.match((await failureOf(redis.zrange('z', 'x', 1, { byScore: true }))).message, /not a float/);
        assert.equal(await redis.zlexcount('lex', '[b', '+'), 3);
        assert.equal(await redis.zremrangebylex('lex', '[a', '[b'), 2);
        assert.equal(await redis.zremrangebyrank('z', 0, 0), 1);
        assert.equal(await redis.zremrangebyscore('z', 2, 3), 2);
        assert.deepEqual(await redis.zrange('z', 0, -1), ['d']);
    });

    check(`algebra of sorted sets (${kind})`, async () => {
        const scores = { a: 3, b: 2.5, c: 4 };
        await redis.zadd('z', ...Object.entries(scores).map(([member, score]) => ({ score, member })));
        await redis.zadd('y', { score: 1, member: 'a' }, { score: 2, member: 'x' });
        const max = { weights: [1, 2], aggregate: 'max' };
        assert.deepEqual(await redis.zunion(2, ['z', 'y']), ['x', 'b', 'a', 'c']);
        assert.deepEqual(await redis.zunion(2, ['z', 'y'], { ...max, withScores: true }), [
            ...['b', 2.5, 'a', 3],
            ...['c', 4, 'x', 4],
        ]);
        assert.equal(await redis.zunionstore('d', 2, ['z', 'y'], max), 4);
        assert.equal(await redis.zunionstore('d', 1, 'z', { weight: 2 }), 3);
        assert.equal(await redis.zscore('d', 'a'), 6);
        assert.equal(await redis.zinterstore('d', 2, ['z', 'y'], { aggregate: 'min' }), 1);
        assert.equal(await redis.zscore('d', 'a'), 1);
        assert.equal(await redis.zdiffstore('d', 2, 'z', 'y'), 2);
        assert.deepEqual(await redis.zrange('d', 0, -1), ['b', 'c']);
    });

    check(`walks (${kind})`, async () => {
        const numbers = Array.from({ length: 300 }, (_, i) => i);
        const fields = Object.fromEntries(numbers.map(i => [`f${i}`, `v${i}`]));
        const names = Object.keys(fields).sort();
        await redis.hset('h', fields);
        await redis.sadd('s', ...names);
        await redis.zadd('z', ...numbers.map(i => ({ score: i / 4, member: `f${i}` })));
        const some = { match: 'f*', count: 50 };
        const pairs = await walk(cursor => redis.hscan('h', cursor, some));
        assert.equal(pairs.length, 600);
        assert.deepEqual(Object.fromEntries(numbers.map(i => [pairs[2 * i], pairs[2 * i + 1]])), fields);
        assert.deepEqual((await walk(cursor => redis.sscan('s', cursor, some))).sort(), names);
        const scored = await walk(cursor => redis.zscan('z', cursor, some));
        assert.equal(scored.length, 600);
        numbers.forEach(i => assert.equal(Number(scored[2 * i + 1]), Number(String(scored[2 * i]).slice(1)) / 4));
    });

    check(`SORT and what has no method (${kind})`, async () => {
        await redis.rpush('l', 3, 1, 2);
        assert.deepEqual(await redis.exec(['SORT', 'l', 'DESC', 'LIMIT', 0, 2]), [3, 2]);
        assert.equal(await redis.exec(['SORT', 'l', 'ALPHA', 'STORE', 'd']), 3);
        assert.deepEqual(await redis.exec(['LRANGE', 'd', 0, -1]), [1, 2, 3]);
        await redis.zadd('z', { score: 1, member: 'a' }, { score: 2, member: 'b' });
        assert.deepEqual(await redis.exec(['ZMPOP', 1, 'z', 'MIN']), ['z', [['a', 1]]]);
        assert.deepEqual(await redis.exec(['ZRANK', 'z', 'b', 'WITHSCORE']), [0, 2]);
        assert.equal(await redis.exec(['ZRANGESTORE', 'd', 'z', 0, -1, 'LIMIT', 0, 1]), 1);
        assert.deepEqual(await redis.exec(['ZINTER', 2, 'z', 'd', 'WITHSCORES']), ['b', 4]);
    });

    check(`pipelines of types (${kind})`, async () => {
        const pipeline = redis.pipeline();
        pipeline.hset('h', { f: 1 });
        pipeline.hgetall('h');
        pipeline.rpush('l', 'OK', 'b');
        pipeline.lrange('l', 0, -1);
        pipeline.zadd('z', { score: 1.5, member: 'm' });
        pipeline.zrange('z', 0, -1, { withScores: true });
        pipeline.smembers('nosuch');
        pipeline.hgetall('nosuch');
        assert.deepEqual(await pipeline.exec(), [1, { f: 1 }, 2, ['OK', 'b'], 1, ['m', 1.5], [], null]);
    });
}

await run(() => plain.flushall(), () => {});
