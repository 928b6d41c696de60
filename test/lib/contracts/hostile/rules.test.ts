// Rules that are meant to run for ever: patterns, and contracts that refer to each other in a circle.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateContract } from '#lib/contracts/validate.ts';
import { brokenOf, check, labEngine, labPath, openDataLab } from './data-lab.ts';

openDataLab();

describe('a pattern that others take for ever for ends', () => {
  const long = 'a'.repeat(50_000);
  test.each([
    ['^(a+)+$', `${long}!`, 1],
    ['^(a|aa)+$', `${long}!`, 1],
    ['^(a|a?)+$', long, 0],
    ['^(.*)*x$', long, 1],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', long, 1],
    ['(.*,){25}x', ','.repeat(50_000), 1],
    ['^((a{1,9}){1,9}){1,9}$', `${long}!`, 1],
  ])('%s', async (pattern, value, broken) => {
    const columns = [{ name: 'n' }, { name: 'c', logicalType: 'string', logicalTypeOptions: { pattern } }];
    const { checks } = await check('t.csv', `n,c\n1,"${value}"\n`, { columns });
    const found = checks.find(({ id }) => id === 'c.pattern');
    // What no engine ends with is broken, and says why.
    if (found?.reason === undefined) expect(found?.failingRows).toBe(broken);
    else
      expect(found).toMatchObject({
        outcome: 'failed',
        reason: 'the pattern was not through after 5 seconds',
      });
  });
});

test('contracts whose keys refer to each other in a circle are followed once', async () => {
  for (const [own, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const id = { name: 'id', relationships: [{ to: `${other}.odcs.yaml#/schema/${other}/properties/id` }] };
    const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: own, version: '1.0.0', status: 'active' };
    writeFileSync(
      labPath(`${own}.odcs.yaml`),
      JSON.stringify({ ...head, schema: [{ name: own, properties: [id] }] }),
    );
  }
  writeFileSync(labPath('a.csv'), 'id\n1\n2\n');
  writeFileSync(labPath('b.csv'), 'id\n1\n3\n4\n');
  for (const [own, broken] of [
    ['a', 1],
    ['b', 2],
  ] as const) {
    const place = { root: labPath('.'), contract: `${own}.odcs.yaml`, path: `${own}.csv` };
    const { total, ...failed } = brokenOf(await validateContract({ ...place, engine: labEngine() }));
    expect(total).toBe(own === 'a' ? 2 : 3);
    expect(Object.values(failed)).toEqual([broken]);
  }
});
