// node-redis over RESP; the protocol's version is the argument.
import assert from 'node:assert/strict';
import { createClient } from 'redis';
import { check, failureOf, port, run } from './check.mjs';

const options = { url: `redis://127.0.0.1:${port}`, RESP: Number(process.argv[2]) };
const redis = createClient(options);
redis.on('error', error => {
    throw error;
});
await redis.connect();

check('strings', async () => {
    assert.equal(await redis.set('s', 'v'), 'OK');
    assert.equal(await redis.get('s'), 'v');
    assert.equal(await redis.get('nosuch'), null);
    assert.equal(await redis.set('s', 'w', { condition: 'NX' }), null);
    assert.equal(await redis.set('s', 'w', { condition: 'XX', expiration: { type: 'EX', value: 100 } }), 'OK');
    assert.equal(await redis.set('s', 'x', { GET: true }), 'w');
    assert.equal(await redis.getEx('s', { type: 'PX', value: 50000 }), 'x');
    assert.equal(await redis.setNX('s', 'y'), 0);
    assert.equal(await redis.setEx('e', 10, 'v'), 'OK');
    assert.equal(await redis.append('s', 'yz'), 3);
    assert.equal(await redis.strLen('s'), 3);
    assert.equal(await redis.getDel('s'), 'xyz');
    assert.equal(await redis.setRange('r', 2, 'abc'), 5);
    assert.equal(await redis.getRange('r', 2, -1), 'abc');
    assert.deepEqual(JSON.parse(JSON.stringify(await redis.lcsIdx('r', 'r'))), {
        matches: [[[0, 4], [0, 4]]],
        len: 5,
    });
    assert.equal(await redis.mSet({ a: '1', b: '2' }), 'OK');
    assert.deepEqual(await redis.mGet(['a', 'nosuch', 'b']), ['1', null, '2']);
    assert.equal(await redis.mSetNX({ b: '3', c: '3' }), 0);
});

check('counters and errors', async () => {
    assert.equal(await redis.incr('n'), 1);
    assert.equal(await redis.incrBy('n', 41), 42);
    assert.equal(await redis.decr('n'), 41);
    assert.equal(await redis.incrByFloat('f', 0.5), '0.5');
    await redis.set('s', 'x');
    assert.equal((await failureOf(redis.incr('s'))).message, 'ERR value is not an integer or out of range');
    assert.match((await failureOf(redis.sendCommand(['NOSUCH']))).message, /^ERR unknown command 'NOSUCH'/);
});

check('keys and times to live', async () => {
    await redis.mSet(['k1', 'v', 'k2', 'v', 'other', 'v']);
    assert.equal(await redis.exists(['k1', 'k2', 'nosuch']), 2);
    assert.equal(await redis.type('k1'), 'string');
    assert.deepEqual((await redis.keys('k*')).sort(), ['k1', 'k2']);
    assert.equal(await redis.copy('k1', 'k3'), 1);
    assert.equal(await redis.rename('k3', 'k4'), 'OK');
    assert.equal(await redis.renameNX('k4', 'k1'), 0);
    assert.equal(await redis.move('k4', 1), 1);
    assert.ok((await redis.memoryUsage('k1')) > 0);
    assert.equal(await redis.objectEncoding('k1'), 'embstr');
    assert.equal(await redis.ttl('k1'), -1);
    assert.equal(await redis.expire('k1', 100), 1);
    assert.equal(await redis.expire('k1', 50, 'GT'), 0);
    assert.ok((await redis.pTTL('k1')) > 90000);
    const later = Math.floor(Date.now() / 1000) + 1000;
    assert.equal(await redis.expireAt('k1', later), 1);
    assert.equal(await redis.expireTime('k1'), later);
    assert.equal(await redis.persist('k1'), 1);
    assert.equal(await redis.del(['k1', 'nosuch']), 1);
    assert.equal(await redis.unlink('k2'), 1);
    assert.equal(await redis.dbSize(), 1);
});

check('a scan as an iterator', async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.set(`scan:${i}`, 'v')));
    await redis.set('other', 'v');
    const found = new Set();
    for await (const keys of redis.scanIterator({ MATCH: 'scan:*', COUNT: 100, TYPE: 'string' })) {
        keys.forEach(key => found.add(key));
    }
    assert.equal(found.size, 1000);
});

check('what is sent in one tick is answered in order', async () => {
    const replies = await Promise.all(Array.from({ length: 500 }, () => redis.incr('auto')));
    assert.deepEqual(replies, Array.from({ length: 500 }, (_, i) => i + 1));
});

check('transactions', async () => {
    assert.deepEqual(await redis.multi().set('t', '1').incr('t').get('t').exec(), ['OK', 2, '2']);
    assert.match((await failureOf(redis.multi().set('t', 'x').incr('t').exec())).message, /1 commands failed/);
    assert.equal(await redis.get('t'), 'x');
    const other = createClient(options);
    await other.connect();
    await other.watch('t');
    await redis.set('t', 'z');
    assert.match((await failureOf(other.multi().set('t', 'mine').exec())).message, /watched keys has been changed/);
    assert.equal(await redis.get('t'), 'z');
    other.destroy();
});

check('the server tells about itself', async () => {
    assert.equal(await redis.ping(), 'PONG');
    assert.match(await redis.info('server'), /redis_version:7\.4\./);
    assert.deepEqual({ ...(await redis.configGet('databases')) }, { databases: '16' });
    assert.equal(await redis.clientSetName('tester'), 'OK');
    assert.equal(await redis.clientGetName(), 'tester');
    assert.equal((await redis.clientInfo()).name, 'tester');
    assert.ok((await redis.clientList()).some(client => client.name === 'tester'));
    assert.ok((await redis.commandCount()) > 50);
    const other = createClient({ ...options, database: 3, name: 'other' });
    await other.connect();
    await other.set('where', 'three');
    assert.equal(await redis.get('where'), null);
    other.destroy();
});

await run(() => redis.flushAll(), () => redis.close());
