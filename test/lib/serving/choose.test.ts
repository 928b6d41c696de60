import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bucketOf, chooseCopies, chooseVersion } from '#lib/serving/choose.ts';
import { createRandom } from '#lib/stats/random.ts';
import { ask, load, post, route, serveTable, sumPlus, table } from './tiny-serving.ts';

const REQUESTS = 20_000;
const salt = { model: 'sum', challenger: '1.0.1.0' };
const shares = (weight: number) => ({ '1.0.0.0': 100 - weight, '1.0.1.0': weight });
const choose = (weight: number, bucket: number) =>
  chooseVersion({ challenger: '1.0.1.0', traffic: shares(weight) }, bucket);

/** Four standard deviations of a binomial count: one in sixteen thousand honest runs leaves them. */
function expectShare(count: number, percent: number, of = REQUESTS): void {
  const share = percent / 100;
  const bound = 4 * Math.sqrt(of * share * (1 - share));
  expect(Math.abs(count - of * share)).toBeLessThanOrEqual(bound);
}

test.each([0, 1, 5, 20, 50, 99, 100])('of 20,000 keys %i %% meet the challenger', weight => {
  let count = 0;
  for (let user = 0; user < REQUESTS; user++) {
    if (choose(weight, bucketOf(`user-${user}`, salt)) === '1.0.1.0') count++;
  }
  expectShare(count, weight);
});

test.each([5, 50])('of 20,000 requests over HTTP without a key %i %% meet the challenger', async weight => {
  const versions = { '1.0.0.0': await load(sumPlus(0)), '1.0.1.0': await load(sumPlus(1)) };
  const own = route(versions, { traffic: shares(weight), challenger: '1.0.1.0' });
  const random = createRandom(weight);
  const { url } = await serveTable(table({ sum: own }), { random: random.next });
  let [count, sent] = [0, 0];
  const users = Array.from({ length: 16 }, async () => {
    while (sent++ < REQUESTS) {
      const { version, body } = await post(`${url}/v2/models/sum/infer`, ask(1));
      if (version === '1.0.1.0') count++;
      if (body.outputs[0].data[0] !== (version === '1.0.1.0' ? 2 : 1))
        throw new Error('another version answered');
    }
  });
  await Promise.all(users);
  expectShare(count, weight);
  const counts = own.counts.answers.read();
  expect([counts.get('1.0.1.0')?.requests, counts.get('1.0.0.0')?.requests]).toEqual([
    count,
    REQUESTS - count,
  ]);
});

describe('a key', () => {
  it('that met the challenger once never goes back when the weight rises', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 100 }), fc.nat({ max: 100 }), (key, a, b) => {
        const bucket = bucketOf(key, salt);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        if (choose(low, bucket) === '1.0.1.0') expect(choose(high, bucket)).toBe('1.0.1.0');
      }),
      { numRuns: 2000 },
    );
  });

  it('is one of others in another model or for another challenger, so that nobody is always first', () => {
    const early = (other: typeof salt) =>
      Array.from({ length: REQUESTS }, (_, user) => bucketOf(`user-${user}`, other) < 10);
    const first = early(salt);
    for (const other of [
      { ...salt, model: 'other' },
      { ...salt, challenger: '1.0.2.0' },
    ]) {
      const second = early(other);
      expectShare(first.filter((is, user) => is && second[user]).length, 1);
    }
  });

  it('has the bucket that sha256sum gives it', () => {
    // printf 'sum\0001.0.1.0\000user-1' | sha256sum | cut -c1-12 -> python3 -c 'print(int("...", 16) / 2**48 * 100)'
    expect(bucketOf('user-1', salt)).toBeCloseTo(54.01909833808283, 9);
  });
});

it('every bucket has a version, and only one with traffic', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 100 }),
      fc.double({ min: 0, max: 100, maxExcluded: true, noNaN: true }),
      (weight, bucket) => {
        const version = choose(weight, bucket);
        expect(shares(weight)[version as '1.0.0.0']).toBeGreaterThan(0);
      },
    ),
  );
  expect(chooseVersion({ challenger: '1.0.1.0', traffic: {} }, 5)).toBeUndefined();
});

it('copies go to mirrored versions in their share, never to the one that answers', () => {
  const { next } = createRandom(3);
  let count = 0;
  for (let i = 0; i < REQUESTS; i++) count += chooseCopies({ '1.0.1.0': 20 }, '1.0.0.0', next).length;
  expectShare(count, 20);
  expect(chooseCopies({ '1.0.1.0': 100 }, '1.0.1.0', () => 0)).toEqual([]);
});
