// node-redis over RESP: what its methods for lists, hashes, sets, sorted sets and SORT make of the replies. The protocol's
// version is the argument.
import assert from 'node:assert/strict';
import { createClient } from 'redis';
import { check, failureOf, port, run } from './check.mjs';

const redis = createClient({ url: `redis://127.0.0.1:${port}`, RESP: Number(process.argv[2]) });
redis.on('error', error => {
    throw error;
});
await redis.connect();

/** Replies without the prototypes and marks that the client gives them. */
const plain = reply => JSON.parse(JSON.stringify(reply));
const sorted = reply => [...reply].sort();

check('lists', async () => {
    assert.equal(await redis.rPush('l', ['b', 'c']), 2);
    assert.equal(await redis.lPush('l', 'a'), 3);
    assert.equal(await redis.lPushX('nosuch', 'x'), 0);
    assert.equal(await redis.rPushX('l', ['d', 'b']), 5);
    assert.deepEqual(await redis.lRange('l', 0, -1), ['a', 'b', 'c', 'd', 'b']);
    assert.deepEqual(await redis.lRange('nosuch', 0, -1), []);
    assert.equal(await redis.lLen('l'), 5);
    assert.equal(await redis.lIndex('l', -2), 'd');
    assert.equal(await redis.lIndex('l', 9), null);
    assert.equal(await redis.lSet('l', 0, 'z'), 'OK');
    assert.equal((await failureOf(redis.lSet('l', 9, 'z'))).message, 'ERR index out of range');
    assert.equal(await redis.lInsert('l', 'BEFORE', 'z', 'y'), 6);
    assert.equal(await redis.lPos('l', 'b'), 2);
    assert.equal(await redis.lPos('l', 'b', { RANK: -1, MAXLEN: 100 }), 5);
    assert.equal(await redis.lPos('l', 'nosuch'), null);
    assert.deepEqual(await redis.lPosCount('l', 'b', 0), [2, 5]);
    assert.equal(await redis.lRem('l', -1, 'b'), 1);
    assert.equal(await redis.lTrim('l', 0, 3), 'OK');
    assert.equal(await redis.lPop('l'), 'y');
    assert.equal(await redis.rPop('l'), 'c');
    assert.equal(await redis.lMove('l', 'm', 'LEFT', 'RIGHT'), 'z');
    assert.equal(await redis.rPopLPush('l', 'm'), 'b');
    assert.deepEqual(plain(await redis.lmPop(['nosuch', 'm'], 'LEFT', { COUNT: 1 })), ['m', ['b']]);
    assert.equal(await redis.lmPop(['nosuch'], 'LEFT'), null);
    assert.deepEqual(await redis.lPopCount('m', 5), ['z']);
    assert.equal(await redis.rPopCount('m', 5), null);
});

check('hashes', async () => {
    assert.equal(await redis.hSet('h', { f: '1', g: 'two' }), 2);
    assert.equal(await redis.hSetNX('h', 'f', 'x'), 0);
    assert.equal(await redis.hGet('h', 'f'), '1');
    assert.equal(await redis.hGet('h', 'nosuch'), null);
    assert.deepEqual(await redis.hmGet('h', ['f', 'nosuch']), ['1', null]);
    assert.deepEqual(plain(await redis.hGetAll('h')), { f: '1', g: 'two' });
    assert.deepEqual(plain(await redis.hGetAll('nosuch')), {});
    assert.deepEqual(await redis.hKeys('h'), ['f', 'g']);
    assert.deepEqual(await redis.hVals('h'), ['1', 'two']);
    assert.equal(await redis.hLen('h'), 2);
    assert.equal(await redis.hExists('h', 'g'), 1);
    assert.equal(await redis.hStrLen('h', 'g'), 3);
    assert.equal(await redis.hIncrBy('h', 'f', 41), 42);
    assert.equal(await redis.hIncrByFloat('h', 'f', 0.5), '42.5');
    assert.equal(await redis.hDel('h', ['g', 'nosuch']), 1);
    assert.equal(await redis.hRandField('h'), 'f');
    assert.deepEqual(await redis.hRandFieldCount('h', -2), ['f', 'f']);
    assert.deepEqual(plain(await redis.hRandFieldCountWithValues('h', 2)), [{ field: 'f', value: '42.5' }]);
});

check('fields with times to live', async () => {
    const later = Math.floor(Date.now() / 1000) + 1000;
    await redis.hSet('h', { a: '1', b: '2', c: '3' });
    assert.deepEqual(await redis.hExpire('h', ['a', 'nosuch'], 100), [1, -2]);
    assert.deepEqual(await redis.hExpire('h', 'a', 200, 'NX'), [0]);
    assert.deepEqual(await redis.hpExpire('h', 'a', 50000), [1]);
    const [ofA, ofB] = await redis.hTTL('h', ['a', 'b']);
    assert.ok(ofA > 40 && ofA <= 50);
    assert.equal(ofB, -1);
    assert.ok((await redis.hpTTL('h', 'a'))[0] > 40000);
    assert.deepEqual(await redis.hExpireAt('h', 'a', later), [1]);
    assert.deepEqual(await redis.hExpireTime('h', 'a'), [later]);
    assert.deepEqual(await redis.hpExpireAt('h', 'a', later * 1000 + 5), [1]);
    assert.deepEqual(await redis.hpExpireTime('h', 'a'), [later * 1000 + 5]);
    assert.deepEqual(await redis.hPersist('h', ['a', 'b']), [1, -1]);
    assert.equal(await redis.hSetEx('h', { d: '4' }, { expiration: { type: 'EX', value: 100 } }), 1);
    assert.equal(await redis.hSetEx('h', { d: '5' }, { mode: 'FNX' }), 0);
    assert.deepEqual(await redis.hGetEx('h', ['d', 'nosuch'], { expiration: 'PERSIST' }), ['4', null]);
    assert.deepEqual(await redis.hGetDel('h', ['d', 'nosuch']), ['4', null]);
});

check('sets', async () => {
    assert.equal(await redis.sAdd('s', ['a', 'b', 'c']), 3);
    assert.equal(await redis.sAdd('t', ['b', 'c', 'd']), 3);
    assert.deepEqual(sorted(await redis.sMembers('s')), ['a', 'b', 'c']);
    assert.equal(await redis.sCard('s'), 3);
    assert.equal(await redis.sIsMember('s', 'a'), 1);
    assert.deepEqual(await redis.smIsMember('s', ['a', 'nosuch']), [1, 0]);
    assert.deepEqual(sorted(await redis.sInter(['s', 't'])), ['b', 'c']);
    assert.deepEqual(sorted(await redis.sUnion(['s', 't'])), ['a', 'b', 'c', 'd']);
    assert.deepEqual(sorted(await redis.sDiff(['s', 't'])), ['a']);
    assert.equal(await redis.sInterStore('d', ['s', 't']), 2);
    assert.equal(await redis.sUnionStore('d', ['s', 't']), 4);
    assert.equal(await redis.sDiffStore('d', ['s', 'nosuch']), 3);
    assert.equal(await redis.sInterCard(['s', 't'], 1), 1);
    assert.equal(await redis.sMove('s', 't', 'a'), 1);
    assert.equal(await redis.sRem('s', ['b', 'nosuch']), 1);
    assert.equal(await redis.sRandMember('s'), 'c');
    assert.deepEqual(await redis.sRandMemberCount('s', -2), ['c', 'c']);
    assert.equal(await redis.sPop('s'), 'c');
    assert.equal(await redis.sPop('s'), null);
    assert.deepEqual(sorted(await redis.sPopCount('t', 9)), ['a', 'b', 'c', 'd']);
});

check('sorted sets', async () => {
    const three = [{ value: 'a', score: 1 }, { value: 'b', score: 2.5 }, { value: 'c', score: 3 }];
    assert.equal(await redis.zAdd('z', three), 3);
    assert.equal(await redis.zAdd('z', { value: 'c', score: 4 }, { comparison: 'GT', CH: true }), 1);
    assert.equal(await redis.zAdd('z', { value: 'c', score: 9 }, { condition: 'NX' }), 0);
    assert.equal(await redis.zAddIncr('z', { value: 'a', score: 0.5 }), 1.5);
    assert.equal(await redis.zIncrBy('z', 1.5, 'a'), 3);
    assert.equal(await redis.zCard('z'), 3);
    assert.equal(await redis.zScore('z', 'b'), 2.5);
    assert.equal(await redis.zScore('z', 'nosuch'), null);
    assert.deepEqual(await redis.zmScore('z', ['a', 'nosuch']), [3, null]);
    assert.equal(await redis.zRank('z', 'c'), 2);
    assert.equal(await redis.zRevRank('z', 'c'), 0);
    assert.deepEqual(plain(await redis.zRankWithScore('z', 'c')), { rank: 2, score: 4 });
    assert.equal(await redis.zRankWithScore('z', 'nosuch'), null);
    assert.equal(await redis.zCount('z', '(2.5', '+inf'), 2);
    await redis.zAdd('edge', [{ value: 'low', score: -Infinity }, { value: 'high', score: Infinity }]);
    assert.equal(await redis.zScore('edge', 'high'), Infinity);
    assert.equal((await redis.zRangeWithScores('edge', 0, 0))[0].score, -Infinity);
    assert.deepEqual(plain(await redis.zPopMin('z')), { value: 'b', score: 2.5 });
    assert.deepEqual(plain(await redis.zPopMaxCount('z', 5)), [{ value: 'c', score: 4 }, { value: 'a', score: 3 }]);
    assert.equal(await redis.zPopMin('z'), null);
    await redis.zAdd('z', three);
    assert.deepEqual(plain(await redis.zmPop(['nosuch', 'z'], 'MIN', { COUNT: 2 })), {
        key: 'z',
        members: [{ value: 'a', score: 1 }, { value: 'b', score: 2.5 }],
    });
    assert.equal(await redis.zmPop('nosuch', 'MIN'), null);
    assert.equal(await redis.zRandMember('z'), 'c');
    assert.deepEqual(plain(await redis.zRandMemberCountWithScores('z', 2)), [{ value: 'c', score: 3 }]);
    assert.equal(await redis.zRem('z', ['c', 'nosuch']), 1);
});

check('ranges of sorted sets', async () => {
    const members = ['a', 'b', 'c', 'd'];
    await redis.zAdd('z', members.map((value, i) => ({ value, score: i + 1 })));
    await redis.zAdd('lex', members.map(value => ({ value, score: 0 })));
    assert.deepEqual(await redis.zRange('z', 1, 2), ['b', 'c']);
    assert.deepEqual(await redis.zRange('z', 4, 2, { BY: 'SCORE', REV: true, LIMIT: { offset: 1, count: 2 } }), [
        'c',
        'b',
    ]);
    assert.deepEqual(await redis.zRange('lex', '[b', '(d', { BY: 'LEX' }), ['b', 'c']);
    assert.deepEqual(plain(await redis.zRangeWithScores('z', 0, 1, { REV: true })), [
        { value: 'd', score: 4 },
        { value: 'c', score: 3 },
    ]);
    assert.deepEqual(await redis.zRangeByScore('z', '(1', 3), ['b', 'c']);
    assert.deepEqual(plain(await redis.zRangeByScoreWithScores('z', 1, 1)), [{ value: 'a', score: 1 }]);
    assert.deepEqual(await redis.zRangeByLex('lex', '-', '(c'), ['a', 'b']);
    assert.equal(await redis.zLexCount('lex', '-', '(c'), 2);
    assert.equal(await redis.zRangeStore('d', 'z', 0, 1), 2);
    assert.equal(await redis.zRemRangeByRank('z', 0, 0), 1);
    assert.equal(await redis.zRemRangeByScore('z', 2, 3), 2);
    assert.equal(await redis.zRemRangeByLex('lex', '[a', '[b'), 2);
});

check('algebra of sorted sets', async () => {
    await redis.zAdd('z', [{ value: 'a', score: 3 }, { value: 'b', score: 2.5 }, { value: 'c', score: 4 }]);
    await redis.zAdd('y', [{ value: 'a', score: 1 }, { value: 'x', score: 2 }]);
    const weighted = [{ key: 'z', weight: 1 }, { key: 'y', weight: 2 }];
    assert.deepEqual(await redis.zUnion(['z', 'y']), ['x', 'b', 'a', 'c']);
    assert.deepEqual(plain(await redis.zUnionWithScores(weighted, { AGGREGATE: 'MAX' })), [
        { value: 'b', score: 2.5 },
        { value: 'a', score: 3 },
        { value: 'c', score: 4 },
        { value: 'x', score: 4 },
    ]);
    assert.deepEqual(await redis.zInter(['z', 'y']), ['a']);
    assert.deepEqual(plain(await redis.zInterWithScores(['z', 'y'])), [{ value: 'a', score: 4 }]);
    assert.deepEqual(await redis.zDiff(['z', 'y']), ['b', 'c']);
    assert.deepEqual(plain(await redis.zDiffWithScores(['z', 'y']))[1], { value: 'c', score: 4 });
    assert.equal(await redis.zUnionStore('d', ['z', 'y']), 4);
    assert.equal(await redis.zInterStore('d', weighted), 1);
    assert.equal(await redis.zDiffStore('d', ['z', 'y']), 2);
    assert.equal(await redis.zInterCard(['z', 'y']), 1);
});

check('walks as iterators', async () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => i);
    await redis.hSet('h', Object.fromEntries(numbers.map(i => [`f${i}`, `v${i}`])));
    await redis.sAdd('s', numbers.map(i => `m${i}`));
    await redis.zAdd('z', numbers.map(i => ({ value: `m${i}`, score: i / 4 })));
    const fields = new Map();
    for await (const page of redis.hScanIterator('h', { COUNT: 100 })) {
        page.forEach(entry => fields.set(entry.field, entry.value));
    }
    assert.equal(fields.size, 1000);
    fields.forEach((value, field) => assert.equal(value, field.replace('f', 'v')));
    const names = new Set();
    for await (const page of redis.hScanNoValuesIterator('h', { COUNT: 100 })) page.forEach(name => names.add(name));
    assert.equal(names.size, 1000);
    const members = new Set();
    for await (const page of redis.sScanIterator('s', { MATCH: 'm*' })) page.forEach(member => members.add(member));
    assert.equal(members.size, 1000);
    const scores = new Map();
    for await (const page of redis.zScanIterator('z', { COUNT: 100 })) {
        page.forEach(member => scores.set(member.value, member.score));
    }
    assert.equal(scores.size, 1000);
    scores.forEach((score, member) => assert.equal(score, Number(member.slice(1)) / 4));
});

check('SORT', async () => {
    await redis.rPush('l', ['3', '1', '2']);
    await redis.mSet({ w1: '30', w2: '20', w3: '10', o1: 'one' });
    assert.deepEqual(await redis.sort('l'), ['1', '2', '3']);
    assert.deepEqual(await redis.sort('l', { DIRECTION: 'DESC', LIMIT: { offset: 0, count: 2 } }), ['3', '2']);
    const found = await redis.sort('l', { BY: 'w*', GET: ['#', 'o*'] });
    assert.deepEqual(found, ['3', null, '2', null, '1', 'one']);
    assert.equal(await redis.sortStore('l', 'd', { ALPHA: true }), 3);
    assert.deepEqual(await redis.sortRo('l', { LIMIT: { offset: 1, count: 1 } }), ['2']);
});

await run(() => redis.flushAll(), () => redis.close());
