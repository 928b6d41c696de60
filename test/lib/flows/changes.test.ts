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

const changes = (before: string, after: string) =>
  describeChanges(lock(before), lock(after), { root: '/r', directory: '/r/p' });

const rmse = '- {atMost: 3, metric: rmse}';
const mae = '- {atMost: 2, metric: mae}';

it('a gate that only moved has not changed', () => {
  expect(changes(`${rmse}\n${mae}`, `${mae}\n${rmse}`)).toEqual([]);
});

it('a gate that was put in front changes no other', () => {
  expect(changes(rmse, `${mae}\n${rmse}`)).toEqual([
    'p/model.yaml spec.gates[0]: absent to {"atMost": 2, "metric": "mae"}',
  ]);
});

it('an edited gate is told by what was edited', () => {
  expect(changes(`${rmse}\n${mae}`, `- {atMost: 4, metric: rmse}\n${mae}`)).toEqual([
    'p/model.yaml spec.gates[0].atMost: 3 to 4',
  ]);
});

it('a gate that is gone is told whole', () => {
  expect(changes(`${rmse}\n${mae}`, rmse)).toEqual([
    'p/model.yaml spec.gates[1]: {"atMost": 2, "metric": "mae"} to absent',
  ]);
});
