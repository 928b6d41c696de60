import { expect, it } from 'vitest';
import { createCounts } from '#lib/serving/counts.ts';
import { createMirror, MAX_COPIES } from '#lib/serving/mirror.ts';
import { PATIENT } from './tiny-serving.ts';

it('at most 64 copies are under way; more are dropped and counted, and all that were sent are ended', async () => {
  const mirror = createMirror(() => 0);
  const counts = createCounts();
  let ended = 0;
  let finish: () => void = () => undefined;
  const gate = new Promise<void>(resolve => {
    finish = resolve;
  });
  const send = () => mirror.send({ version: '1', counts: [counts], run: () => gate, done: () => ended++ });
  const sent = Array.from({ length: 100 }, send);
  expect(sent.filter(Boolean)).toHaveLength(MAX_COPIES);
  expect([mirror.inFlight(), mirror.dropped()]).toEqual([64, 36]);
  finish();
  await expect.poll(() => ended, PATIENT).toBe(64);
  expect(counts.read().get('1')).toMatchObject({ requests: 64, errors: 0 });
  expect(send()).toBe(true);
});

it('a copy that fails is an error of its version, and nobody else learns of it', async () => {
  const mirror = createMirror(() => 0);
  const counts = createCounts();
  let isDone = false;
  const run = () => Promise.reject(new Error('broken'));
  mirror.send({
    version: '1',
    counts: [counts],
    run,
    done: () => {
      isDone = true;
    },
  });
  await expect.poll(() => isDone, PATIENT).toBe(true);
  expect(counts.read().get('1')).toMatchObject({ requests: 1, errors: 1 });
  expect(mirror.inFlight()).toBe(0);
});
