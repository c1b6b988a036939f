// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
// node ioredis.test.js PORT: drives a server with ioredis; ends with 0 and the number of checks, or with an error.
'use strict';
const assert = require('node:assert/strict');
const Redis = require('ioredis');

let checks = 0;
const check = (actual, expected) => {
  assert.deepEqual(actual, expected);
  checks++;
};

async function strings(redis) {
  check(await redis.flushall(), 'OK');
  check(await redis.set('a', '1'), 'OK');
  check(await redis.get('a'), '1');
  check(await redis.get('nothing'), null);
  check(await redis.incr('a'), 2);
  check(await redis.incrby('a', 40), 42);
  check(await redis.decr('a'), 41);
  check(await redis.append('a', 'x'), 3);
  check(await redis.strlen('a'), 3);
  check(await redis.set('a', 'y', 'NX'), null);
  check(await redis.set('a', 'y', 'XX', 'GET'), '41x');
  check(await redis.setnx('a', 'z'), 0);
  check(await redis.getset('a', 'z'), 'y');
  check(await redis.getdel('a'), 'z');
  check(await redis.mset('a', '1', 'b', '2', 'c', '3'), 'OK');
  check(await redis.mset(new Map([['d', '4'], ['e', '5']])), 'OK');
  check(await redis.mget('a', 'b', 'nothing', 'e'), ['1', '2', null, '5']);
  check(await redis.msetnx('e', '6', 'f', '6'), 0);
  check(await redis.msetnx('f', '6', 'g', '7'), 1);
  check(await redis.exists('a', 'b', 'a', 'nothing'), 3);
  check(await redis.type('a'), 'string');
  check(await redis.del('a', 'nothing'), 1);
  check(await redis.unlink('b', 'c'), 2);
  check(await redis.dbsize(), 4);
  check(await redis.echo('hello'), 'hello');
  check(await redis.ping(), 'PONG');
  check(await redis.select(0), 'OK');
}

async function timesToLive(redis) {
  check(await redis.set('t', 'v', 'EX', 100), 'OK');
  assert((await redis.ttl('t')) > 90);
  assert((await redis.pttl('t')) > 90000);
  check(await redis.expire('t', 200, 'LT'), 0);
  check(await redis.expire('t', 200, 'GT'), 1);
  check(await redis.persist('t'), 1);
  check(await redis.ttl('t'), -1);
  check(await redis.ttl('nothing'), -2);
  check(await redis.pexpireat('t', 4102444800000), 1);
  check(await redis.pexpiretime('t'), 4102444800000);
  check(await redis.expiretime('t'), 4102444800);
  check(await redis.getex('t', 'PERSIST'), 'v');
  check(await redis.psetex('u', 1, 'v'), 'OK');
  check(await redis.setex('w', 100, 'v'), 'OK');
  while ((await redis.get('u')) !== null);
  check(await redis.exists('u'), 0);
  check(await redis.expire('t', -1), 1);
  check(await redis.exists('t'), 0);
}

async function binary(redis) {
  const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const key = Buffer.from([0, 255, 13, 10]);
  check(await redis.set(key, value), 'OK');
  check(Buffer.compare(await redis.getBuffer(key), value), 0);
  const large = Buffer.alloc(3000000, 0);
  for (let i = 0; i < large.length; i++) {
    large[i] = i * 31;
  }
  check(await redis.set('large', large), 'OK');
  check(Buffer.compare(await redis.getBuffer('large'), large), 0);
  const both = await redis.mgetBuffer(key, 'large');
  check(Buffer.compare(both[1], large), 0);
}

async function hashesAndSketches(redis) {
  check(await redis.hset('h', { a: '1', b: '2' }), 2);
  check(await redis.hgetall('h'), { a: '1', b: '2' });
  check(await redis.hincrby('h', 'a', 4), 5);
  check((await redis.hscan('h', 0))[0], '0');
  check(await redis.pfadd('p1', 'a', 'b', 'c'), 1);
  check(await redis.pfadd('p2', 'c', 'd'), 1);
  check(await redis.pfcount('p1', 'p2'), 4);
  check(await redis.pfmerge('p3', 'p1', 'p2'), 'OK');
  check(await redis.pfcount('p3'), 4);
  check(await redis.object('ENCODING', 'h'), 'listpack');
  check(await redis.rename('p3', 'p4'), 'OK');
  check(await redis.copy('p4', 'p3'), 1);
  check(await redis.sort('nothing'), []);
  check(await redis.wait(0, 1), 0);
}

async function pipelines(redis) {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) {
    pipeline.set('p' + i, i).incr('p' + i).mget('p' + i, 'p' + (i - 1));
  }
  pipeline.get();
  const replies = await pipeline.exec();
  check(replies.length, 3001);
  for (let i = 0; i < 1000; i++) {
    check(replies[3 * i], [null, 'OK']);
    check(replies[3 * i + 1], [null, i + 1]);
    check(replies[3 * i + 2], [null, [String(i + 1), i ? String(i) : null]]);
  }
  check(replies[3000][0].message, "ERR wrong number of arguments for 'get' command");
}

async function automaticPipelines(port) {
  const redis = new Redis({ port, host: '127.0.0.1', enableAutoPipelining: true });
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        await redis.set(`auto:${i}`, `${round}:${i}`);
        return redis.get(`auto:${i}`);
      }),
    );
    answers.forEach((answer, i) => check(answer, `${round}:${i}`));
  }
  await redis.quit();
}

async function errors(redis) {
  await assert.rejects(redis.call('nonsense', 'a'), {
    message: "ERR unknown command 'nonsense', with args beginning with: 'a' ",
  });
  await redis.set('word', 'abc');
  await assert.rejects(redis.incr('word'), { message: 'ERR value is not an integer or out of range' });
  await assert.rejects(redis.set('a', 'b', 'EX', 0), { message: "ERR invalid expire time in 'set' command" });
  await assert.rejects(redis.select(1000), { message: 'ERR DB index is out of range' });
  await assert.rejects(redis.auth('x'), /without any password configured/);
}

async function main() {
  const port = Number(process.argv[2]);
  const redis = new Redis({ port, host: '127.0.0.1', connectionName: 'ioredis-test' });
  check(await redis.client('GETNAME'), 'ioredis-test');
  assert.match(await redis.info('server'), /redis_version:7\.2\./);
  check((await redis.config('GET', 'appendonly')).length, 2);
  await strings(redis);
  await timesToLive(redis);
  await binary(redis);
  await hashesAndSketches(redis);
  await pipelines(redis);
  await errors(redis);
  await automaticPipelines(port);
  check(await redis.quit(), 'OK');
  console.log(`${checks} checks`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
