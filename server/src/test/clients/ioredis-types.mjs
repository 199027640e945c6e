// ioredis over RESP: what its methods for lists, hashes, sets, sorted sets and SORT make of the replies. The protocol's
// version is the argument.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { check, failureOf, port, run } from './check.mjs';

const redis = new Redis({ port, host: '127.0.0.1', protocol: Number(process.argv[2]), maxRetriesPerRequest: 1 });

/** Scores are strings and pairs are flat: the client gives RESP3's numbers and pairs the shapes of RESP2. */
const score = String;
const pairs = (...all) => all.flat().map(String);
const sorted = array => [...array].sort();

check('lists', async () => {
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
    assert.equal((await failureOf(redis.lset('l', 9, 'z'))).message, 'ERR index out of range');
    assert.equal(await redis.linsert('l', 'BEFORE', 'z', 'y'), 6);
    assert.equal(await redis.lpos('l', 'b'), 2);
    assert.equal(await redis.lpos('l', 'nosuch'), null);
    assert.deepEqual(await redis.lpos('l', 'b', 'COUNT', 0), [2, 5]);
    assert.equal(await redis.lrem('l', -1, 'b'), 1);
    assert.equal(await redis.ltrim('l', 0, 3), 'OK');
    assert.equal(await redis.lpop('l'), 'y');
    assert.equal(await redis.rpop('l'), 'c');
    assert.equal(await redis.lmove('l', 'm', 'LEFT', 'RIGHT'), 'z');
    assert.equal(await redis.rpoplpush('l', 'm'), 'b');
    assert.deepEqual(await redis.lmpop(2, 'nosuch', 'm', 'LEFT', 'COUNT', 5), ['m', ['b', 'z']]);
    assert.equal(await redis.lmpop(1, 'nosuch', 'LEFT'), null);
    assert.equal(await redis.lpop('nosuch', 2), null);
});

check('hashes', async () => {
    assert.equal(await redis.hset('h', { f: 1, g: 'two' }), 2);
    assert.equal(await redis.hmset('h', 'a', 'b'), 'OK');
    assert.equal(await redis.hsetnx('h', 'f', 'x'), 0);
    assert.equal(await redis.hget('h', 'f'), '1');
    assert.equal(await redis.hget('h', 'nosuch'), null);
    assert.deepEqual(await redis.hmget('h', 'f', 'nosuch'), ['1', null]);
    assert.deepEqual({ ...(await redis.hgetall('h')) }, { f: '1', g: 'two', a: 'b' });
    assert.deepEqual({ ...(await redis.hgetall('nosuch')) }, {});
    assert.deepEqual(await redis.hkeys('h'), ['f', 'g', 'a']);
    assert.deepEqual(await redis.hvals('h'), ['1', 'two', 'b']);
    assert.equal(await redis.hlen('h'), 3);
    assert.equal(await redis.hexists('h', 'g'), 1);
    assert.equal(await redis.hstrlen('h', 'g'), 3);
    assert.equal(await redis.hincrby('h', 'f', 41), 42);
    assert.equal(await redis.hincrbyfloat('h', 'f', 0.5), '42.5');
    assert.equal(await redis.hdel('h', 'a', 'g', 'nosuch'), 2);
    assert.equal(await redis.hrandfield('h'), 'f');
    assert.deepEqual(await redis.hrandfield('h', -2), ['f', 'f']);
    assert.deepEqual(await redis.hrandfield('h', 2, 'WITHVALUES'), pairs(['f', '42.5']));
});

check('fields with times to live', async () => {
    const later = Math.floor(Date.now() / 1000) + 1000;
    await redis.hset('h', { a: 1, b: 2, c: 3 });
    assert.deepEqual(await redis.hexpire('h', 100, 'FIELDS', 2, 'a', 'nosuch'), [1, -2]);
    assert.deepEqual(await redis.hpexpire('h', 50000, 'LT', 'FIELDS', 1, 'a'), [1]);
    const [ofA, ofB] = await redis.httl('h', 'FIELDS', 2, 'a', 'b');
    assert.ok(ofA > 40 && ofA <= 50);
    assert.equal(ofB, -1);
    assert.ok((await redis.hpttl('h', 'FIELDS', 1, 'a'))[0] > 40000);
    assert.deepEqual(await redis.hexpireat('h', later, 'FIELDS', 1, 'a'), [1]);
    assert.deepEqual(await redis.hexpiretime('h', 'FIELDS', 1, 'a'), [later]);
    assert.deepEqual(await redis.hpexpireat('h', later * 1000 + 5, 'FIELDS', 1, 'a'), [1]);
    assert.deepEqual(await redis.hpexpiretime('h', 'FIELDS', 1, 'a'), [later * 1000 + 5]);
    assert.deepEqual(await redis.hpersist('h', 'FIELDS', 2, 'a', 'b'), [1, -1]);
    assert.equal(await redis.call('HSETEX', 'h', 'EX', 100, 'FIELDS', 1, 'd', '4'), 1);
    assert.deepEqual(await redis.call('HGETEX', 'h', 'PERSIST', 'FIELDS', 2, 'd', 'nosuch'), ['4', null]);
    assert.deepEqual(await redis.call('HGETDEL', 'h', 'FIELDS', 2, 'd', 'nosuch'), ['4', null]);
});

check('sets', async () => {
    assert.equal(await redis.sadd('s', 'a', 'b', 'c'), 3);
    assert.equal(await redis.sadd('t', ['b', 'c', 'd']), 3);
    assert.deepEqual(sorted(await redis.smembers('s')), ['a', 'b', 'c']);
    assert.equal(await redis.scard('s'), 3);
    assert.equal(await redis.sismember('s', 'a'), 1);
    assert.deepEqual(await redis.smismember('s', 'a', 'nosuch'), [1, 0]);
    assert.deepEqual(sorted(await redis.sinter('s', 't')), ['b', 'c']);
    assert.deepEqual(sorted(await redis.sunion('s', 't')), ['a', 'b', 'c', 'd']);
    assert.deepEqual([...(await redis.sdiff('s', 't'))], ['a']);
    assert.equal(await redis.sinterstore('d', 's', 't'), 2);
    assert.equal(await redis.sunionstore('d', 's', 't'), 4);
    assert.equal(await redis.sdiffstore('d', 's', 'nosuch'), 3);
    assert.equal(await redis.sintercard(2, 's', 't', 'LIMIT', 1), 1);
    assert.equal(await redis.smove('s', 't', 'a'), 1);
    assert.equal(await redis.srem('s', 'b', 'nosuch'), 1);
    assert.equal(await redis.srandmember('s'), 'c');
    assert.deepEqual(await redis.srandmember('s', -2), ['c', 'c']);
    assert.equal(await redis.spop('s'), 'c');
    assert.equal(await redis.spop('s'), null);
    assert.deepEqual(sorted(await redis.spop('t', 9)), ['a', 'b', 'c', 'd']);
});

check('sorted sets', async () => {
    assert.equal(await redis.zadd('z', 1, 'a', 2.5, 'b', 3, 'c'), 3);
    assert.equal(await redis.zadd('z', 'CH', 4, 'c'), 1);
    assert.equal(await redis.zadd('z', 'INCR', 0.5, 'a'), score(1.5));
    assert.equal(await redis.zadd('z', 'NX', 'INCR', 0.5, 'a'), null);
    assert.equal(await redis.zincrby('z', 1.5, 'a'), score(3));
    assert.equal(await redis.zcard('z'), 3);
    assert.equal(await redis.zscore('z', 'b'), score(2.5));
    assert.equal(await redis.zscore('z', 'nosuch'), null);
    assert.deepEqual(await redis.zmscore('z', 'a', 'nosuch'), [score(3), null]);
    assert.equal(await redis.zrank('z', 'c'), 2);
    assert.equal(await redis.zrevrank('z', 'c'), 0);
    assert.deepEqual(await redis.zrank('z', 'c', 'WITHSCORE'), [2, score(4)]);
    assert.equal(await redis.zcount('z', '(2.5', '+inf'), 2);
    await redis.zadd('edge', '-inf', 'low', 'inf', 'high');
    assert.equal(Number(String(await redis.zscore('edge', 'high')).replace('inf', 'Infinity')), Infinity);
    assert.deepEqual(await redis.zrandmember('edge', 0), []);
    assert.deepEqual(await redis.zpopmin('z'), ['b', score(2.5)]);
    assert.deepEqual(await redis.zpopmax('z', 5), pairs(['c', 4], ['a', 3]));
    await redis.zadd('z', 1, 'a', 2, 'b');
    assert.deepEqual(await redis.zmpop(2, 'nosuch', 'z', 'MIN', 'COUNT', 5), [
        'z',
        [['a', score(1)], ['b', score(2)]],
    ]);
    assert.equal(await redis.zmpop(1, 'nosuch', 'MIN'), null);
    await redis.zadd('one', 7, 'x');
    assert.equal(await redis.zrandmember('one'), 'x');
    assert.deepEqual(await redis.zrandmember('one', 2, 'WITHSCORES'), pairs(['x', 7]));
    assert.equal(await redis.zrem('one', 'x', 'nosuch'), 1);
});

check('ranges of sorted sets', async () => {
    await redis.zadd('z', 1, 'a', 2, 'b', 3, 'c', 4, 'd');
    await redis.zadd('lex', 0, 'a', 0, 'b', 0, 'c');
    assert.deepEqual(await redis.zrange('z', 1, 2), ['b', 'c']);
    assert.deepEqual(await redis.zrange('z', 0, 1, 'REV', 'WITHSCORES'), pairs(['d', 4], ['c', 3]));
    assert.deepEqual(await redis.zrange('z', '(1', '+inf', 'BYSCORE', 'LIMIT', 1, 1), ['c']);
    assert.deepEqual(await redis.zrange('lex', '+', '[b', 'BYLEX', 'REV'), ['c', 'b']);
    assert.deepEqual(await redis.zrevrange('z', 0, 0, 'WITHSCORES'), pairs(['d', 4]));
    assert.deepEqual(await redis.zrangebyscore('z', 2, 3, 'WITHSCORES', 'LIMIT', 0, 1), pairs(['b', 2]));
    assert.deepEqual(await redis.zrevrangebyscore('z', 3, '-inf'), ['c', 'b', 'a']);
    assert.deepEqual(await redis.zrangebylex('lex', '[a', '(c'), ['a', 'b']);
    assert.deepEqual(await redis.zrevrangebylex('lex', '+', '-', 'LIMIT', 0, 2), ['c', 'b']);
    assert.equal(await redis.zlexcount('lex', '-', '(c'), 2);
    assert.equal(await redis.zrangestore('d', 'z', 0, 1), 2);
    assert.equal(await redis.zremrangebyrank('z', 0, 0), 1);
    assert.equal(await redis.zremrangebyscore('z', 2, 3), 2);
    assert.equal(await redis.zremrangebylex('lex', '[a', '[b'), 2);
    const failure = await failureOf(redis.zrange('z', 0, -1, 'LIMIT', 0, 1));
    assert.match(failure.message, /LIMIT is only supported in combination with either BYSCORE or BYLEX/);
});

check('algebra of sorted sets', async () => {
    await redis.zadd('z', 3, 'a', 2.5, 'b', 4, 'c');
    await redis.zadd('y', 1, 'a', 2, 'x');
    assert.deepEqual(await redis.zunion(2, 'z', 'y'), ['x', 'b', 'a', 'c']);
    assert.deepEqual(await redis.zinter(2, 'z', 'y', 'WITHSCORES'), pairs(['a', 4]));
    assert.deepEqual(await redis.zdiff(2, 'z', 'y', 'WITHSCORES'), pairs(['b', 2.5], ['c', 4]));
    assert.equal(await redis.zunionstore('d', 2, 'z', 'y', 'WEIGHTS', 1, 2, 'AGGREGATE', 'MAX'), 4);
    assert.equal(await redis.zinterstore('d', 2, 'z', 'y'), 1);
    assert.equal(await redis.zdiffstore('d', 2, 'z', 'y'), 2);
    assert.equal(await redis.zintercard(2, 'z', 'y'), 1);
});

check('walks as streams', async () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => i);
    await redis.hset('h', Object.fromEntries(numbers.map(i => [`f${i}`, `v${i}`])));
    await redis.sadd('s', numbers.map(i => `m${i}`));
    await redis.zadd('z', ...numbers.flatMap(i => [i / 4, `m${i}`]));
    const fields = [];
    for await (const page of redis.hscanStream('h', { count: 100 })) fields.push(...page);
    assert.equal(fields.length, 2000);
    for (let i = 0; i < 2000; i += 2) assert.equal(fields[i + 1], fields[i].replace('f', 'v'));
    const members = new Set();
    for await (const page of redis.sscanStream('s', { match: 'm*', count: 100 })) page.forEach(m => members.add(m));
    assert.equal(members.size, 1000);
    const scores = [];
    for await (const page of redis.zscanStream('z', { count: 100 })) scores.push(...page);
    assert.equal(scores.length, 2000);
    for (let i = 0; i < 2000; i += 2) assert.equal(Number(scores[i + 1]), Number(scores[i].slice(1)) / 4);
});

check('SORT', async () => {
    await redis.rpush('l', 3, 1, 2);
    await redis.mset({ w1: 30, w2: 20, w3: 10, o1: 'one' });
    assert.deepEqual(await redis.sort('l'), ['1', '2', '3']);
    assert.deepEqual(await redis.sort('l', 'DESC', 'LIMIT', 0, 2), ['3', '2']);
    assert.deepEqual(await redis.sort('l', 'BY', 'w*', 'GET', '#', 'GET', 'o*'), ['3', null, '2', null, '1', 'one']);
    assert.equal(await redis.sort('l', 'ALPHA', 'STORE', 'd'), 3);
    assert.deepEqual(await redis.call('SORT_RO', 'l', 'LIMIT', 1, 1), ['2']);
});

check('bytes', async () => {
    const bytes = Buffer.from([0, 13, 10, 255, 195]);
    await redis.hset('h', bytes, bytes);
    assert.deepEqual(await redis.hgetBuffer('h', bytes), bytes);
    await redis.rpush('l', bytes);
    assert.deepEqual(await redis.lrangeBuffer('l', 0, -1), [bytes]);
    await redis.zadd('z', 1, bytes);
    assert.deepEqual(await redis.zrangeBuffer('z', 0, -1), [bytes]);
});

await run(() => redis.flushall(), () => redis.disconnect());
