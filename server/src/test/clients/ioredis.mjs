// ioredis over RESP; the protocol's version is the argument.
import assert from 'node:assert/strict';
import Redis from 'ioredis';
import { check, failureOf, port, run } from './check.mjs';

const options = { port, host: '127.0.0.1', protocol: Number(process.argv[2]), maxRetriesPerRequest: 1 };
const redis = new Redis(options);

check('strings', async () => {
    assert.equal(await redis.set('s', 'v'), 'OK');
    assert.equal(await redis.get('s'), 'v');
    assert.equal(await redis.get('nosuch'), null);
    assert.equal(await redis.set('s', 'w', 'NX'), null);
    assert.equal(await redis.set('s', 'w', 'EX', 100, 'XX'), 'OK');
    assert.equal(await redis.set('s', 'x', 'GET'), 'w');
    assert.equal(await redis.getex('s', 'PX', 50000), 'x');
    assert.equal(await redis.setnx('s', 'y'), 0);
    assert.equal(await redis.setex('e', 10, 'v'), 'OK');
    assert.equal(await redis.append('s', 'yz'), 3);
    assert.equal(await redis.strlen('s'), 3);
    assert.equal(await redis.getdel('s'), 'xyz');
    assert.equal(await redis.setrange('r', 2, 'abc'), 5);
    assert.equal(await redis.getrange('r', 2, -1), 'abc');
    assert.equal(await redis.lcs('r', 'r', 'LEN'), 5);
    assert.equal(await redis.mset({ a: '1', b: '2' }), 'OK');
    assert.deepEqual(await redis.mget('a', 'nosuch', 'b'), ['1', null, '2']);
    assert.equal(await redis.msetnx('b', '3', 'c', '3'), 0);
});

check('bytes', async () => {
    const bytes = Buffer.from([0, 13, 10, 255, 195]);
    await redis.set(bytes, bytes);
    assert.deepEqual(await redis.getBuffer(bytes), bytes);
    await redis.set('utf8', 'grüße 你好');
    assert.equal(await redis.get('utf8'), 'grüße 你好');
});

check('counters and errors', async () => {
    assert.equal(await redis.incr('n'), 1);
    assert.equal(await redis.incrby('n', 41), 42);
    assert.equal(await redis.decr('n'), 41);
    assert.equal(await redis.incrbyfloat('f', 0.5), '0.5');
    await redis.set('s', 'x');
    assert.equal((await failureOf(redis.incr('s'))).message, 'ERR value is not an integer or out of range');
    assert.match((await failureOf(redis.call('NOSUCH', 'a'))).message, /^ERR unknown command 'NOSUCH'/);
});

check('keys and times to live', async () => {
    await redis.mset('k1', 'v', 'k2', 'v', 'other', 'v');
    assert.equal(await redis.exists('k1', 'k2', 'nosuch'), 2);
    assert.equal(await redis.type('k1'), 'string');
    assert.deepEqual((await redis.keys('k*')).sort(), ['k1', 'k2']);
    assert.equal(await redis.copy('k1', 'k3'), 1);
    assert.equal(await redis.rename('k3', 'k4'), 'OK');
    assert.equal(await redis.renamenx('k4', 'k1'), 0);
    assert.equal(await redis.move('k4', 1), 1);
    assert.equal(await redis.ttl('k1'), -1);
    assert.equal(await redis.expire('k1', 100), 1);
    assert.equal(await redis.expire('k1', 50, 'GT'), 0);
    assert.ok((await redis.pttl('k1')) > 90000);
    assert.equal(await redis.persist('k1'), 1);
    assert.equal(await redis.del('k1', 'nosuch'), 1);
    assert.equal(await redis.unlink('k2'), 1);
    assert.equal(await redis.dbsize(), 1);
});

check('a scan as a stream', async () => {
    const writes = redis.pipeline();
    for (let i = 0; i < 1000; i++) writes.set(`scan:${i}`, 'v');
    await writes.exec();
    await redis.set('other', 'v');
    const found = new Set();
    for await (const keys of redis.scanStream({ match: 'scan:*', count: 100 })) keys.forEach(key => found.add(key));
    assert.equal(found.size, 1000);
});

check('pipelines answer in order, errors in their places', async () => {
    const replies = await redis.pipeline().set('p', 'x').incr('p').get('p').exec();
    assert.equal(replies[0][1], 'OK');
    assert.equal(replies[1][0].message, 'ERR value is not an integer or out of range');
    assert.equal(replies[2][1], 'x');
});

check('transactions', async () => {
    assert.deepEqual(await redis.multi().set('t', '1').incr('t').get('t').exec(), [
        [null, 'OK'],
        [null, 2],
        [null, '2'],
    ]);
    const [[, set], [failed]] = await redis.multi().set('t', 'x').incr('t').exec();
    assert.equal(set, 'OK');
    assert.match(failed.message, /ERR value is not an integer/);
    assert.match((await failureOf(redis.multi().set('t', 'y').call('set', 't').exec())).message, /EXECABORT/);
    assert.equal(await redis.get('t'), 'x');
    const other = new Redis(options);
    await redis.watch('t');
    await other.set('t', 'z');
    assert.equal(await redis.multi().set('t', 'mine').exec(), null);
    other.disconnect();
});

check('automatic pipelines', async () => {
    const automatic = new Redis({ ...options, enableAutoPipelining: true });
    const replies = await Promise.all(Array.from({ length: 500 }, () => automatic.incr('auto')));
    assert.deepEqual(replies, Array.from({ length: 500 }, (_, i) => i + 1));
    automatic.disconnect();
});

check('a monitor', async () => {
    const monitor = await redis.monitor();
    const seen = new Promise(resolve => monitor.on('monitor', (time, words) => resolve(words)));
    await redis.set('watched', 'v');
    assert.deepEqual(await seen, ['set', 'watched', 'v']);
    monitor.disconnect();
});

check('the server tells about itself', async () => {
    assert.equal(await redis.ping(), 'PONG');
    assert.match(await redis.info('server'), /redis_version:7\.4\./);
    assert.deepEqual(await redis.config('GET', 'databases'), ['databases', '16']);
    assert.equal(await redis.client('SETNAME', 'tester'), 'OK');
    assert.equal(await redis.client('GETNAME'), 'tester');
    assert.match(await redis.client('LIST'), /name=tester/);
    const other = new Redis({ ...options, db: 3 });
    await other.set('where', 'three');
    assert.equal(await redis.get('where'), null);
    other.disconnect();
});

await run(() => redis.flushall(), () => redis.disconnect());
