import { expect, it } from 'vitest';
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { describeChanges } from '#lib/flows/changes.ts';

const lock = (gates: string) =>
  parseLock(
    `schema: '2.0'
stages:
  select:
    cmd: node select.ts
    params:
      model.yaml:
        spec.gates:
${gates
  .split('\n')
  .map(line => `        ${line}`)
  .join('\n')}
`,
    'dvc.lock',
  );

const changes = async (before: string, after: string) =>
  describeChanges(await lock(before), await lock(after), { root: '/r', directory: '/r/p' });

const rmse = '- {atMost: 3, metric: rmse}';
const mae = '- {atMost: 2, metric: mae}';

it('a gate that only moved has not changed', async () => {
  expect(await changes(`${rmse}\n${mae}`, `${mae}\n${rmse}`)).toEqual([]);
});

it('a gate that was put in front changes no other', async () => {
  expect(await changes(rmse, `${mae}\n${rmse}`)).toEqual([
    'p/model.yaml spec.gates[0]: absent to {"atMost": 2, "metric": "mae"}',
  ]);
});

it('an edited gate is told by what was edited', async () => {
  expect(await changes(`${rmse}\n${mae}`, `- {atMost: 4, metric: rmse}\n${mae}`)).toEqual([
    'p/model.yaml spec.gates[0].atMost: 3 to 4',
  ]);
});

it('a gate that is gone is told whole', async () => {
  expect(await changes(`${rmse}\n${mae}`, rmse)).toEqual([
    'p/model.yaml spec.gates[1]: {"atMost": 2, "metric": "mae"} to absent',
  ]);
});
