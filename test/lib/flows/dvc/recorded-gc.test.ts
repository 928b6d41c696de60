// What DVC 3.67.1 leaves in the cache after gc, as make-status.py recorded it.
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planGarbage, removeGarbage } from '#lib/flows/dvc/gc.ts';
import type { GcScope } from '#lib/flows/dvc/gc-scope.ts';
import { buildRecorded, readRecorded } from '../../../support/recorded-repository.ts';

const built: string[] = [];
afterEach(() => {
  for (const folder of built.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const cases = readRecorded().flatMap(scenario =>
  scenario.states.flatMap(state =>
    (state.collections ?? []).map(collection => ({ scenario, state, collection, name: scenario.name })),
  ),
);
/** Where we stop and DVC removes: a folder's listing is missing, so that nobody knows which files it needs. */
const isUnlisted = (name: string) => name === 'data_missing_cache_listing';
const forced = cases.filter(({ collection }) => collection.words.includes('-f'));

describe('gc leaves in the cache what DVC leaves', () => {
  it.each(forced.filter(({ name, collection }) => collection.exit === 0 && !isUnlisted(name)))(
    '$name: gc $collection.words',
    async ({ scenario, state, collection }) => {
      const root = buildRecorded(scenario, state);
      built.push(root);
      await removeGarbage(request(root, collection.words));
      expect(Object.keys(state.cache).filter(path => existsSync(join(root, path)))).toEqual(collection.left);
    },
  );

  it.each(forced.filter(({ collection }) => collection.exit !== 0))(
    'nothing is removed where DVC refuses: $name: gc $collection.words',
    async ({ scenario, state, collection }) => {
      const root = buildRecorded(scenario, state);
      built.push(root);
      await expect(removeGarbage(request(root, collection.words))).rejects.toThrow();
      expect(Object.keys(state.cache).filter(path => !existsSync(join(root, path)))).toEqual([]);
    },
  );
});

describe('a folder whose listing is not in the cache', () => {
  const [found] = cases.filter(({ name }) => isUnlisted(name));

  it('stops gc, and nothing is removed', async () => {
    if (!found) throw new Error('not recorded');
    const root = buildRecorded(found.scenario, found.state);
    built.push(root);
    await expect(removeGarbage(request(root, ['-w']))).rejects.toThrow(/raw\.dvc/);
    expect(Object.keys(found.state.cache).filter(path => !existsSync(join(root, path)))).toEqual([]);
  });

  it('is passed over on request, and its files go as with DVC', async () => {
    if (!found) throw new Error('not recorded');
    const root = buildRecorded(found.scenario, found.state);
    built.push(root);
    const plan = await removeGarbage({ ...request(root, ['-w']), skipFailed: true });
    expect(Object.keys(found.state.cache).filter(path => existsSync(join(root, path)))).toEqual(
      found.collection.left,
    );
    expect(plan.skipped).toHaveLength(1);
  });
});

describe('other places', () => {
  const [found] = cases.filter(
    ({ name, collection }) => name === 'data_two_commits' && collection.words.join(' ') === '-w -f',
  );
  const build = () => {
    if (!found) throw new Error('not recorded');
    const root = buildRecorded(found.scenario, found.state);
    built.push(root);
    return { root, left: found.collection.left, all: Object.keys(found.state.cache) };
  };

  it('a remote is collected as the cache is, and what is not an object stays there', async () => {
    const { root, left, all } = build();
    cpSync(join(root, '.dvc/cache'), join(root, 'remote'), { recursive: true });
    writeFileSync(join(root, 'remote/notes.txt'), 'ours');
    writeFileSync(
      join(root, '.dvc/config'),
      '[core]\n    remote = store\n[\'remote "store"\']\n    url = ../remote\n',
    );
    await removeGarbage({ ...request(root, ['-w']), cloud: true });
    const inRemote = (path: string) => join(root, path.replace('.dvc/cache', 'remote'));
    expect(all.filter(path => existsSync(inRemote(path)))).toEqual(left);
    expect(existsSync(join(root, 'remote/notes.txt'))).toBe(true);
  });

  it('what another project needs is kept', async () => {
    const { root, all } = build();
    const other = build().root;
    writeFileSync(join(other, '.dvc/config'), `[cache]\n    dir = ${join(root, '.dvc/cache')}\n`);
    const plan = await removeGarbage({ ...request(root, ['-w']), projects: [other] });
    expect(plan.places[0]?.kept).toBeLessThan(all.length);
    rmSync(join(root, 'raw.dvc'));
    const kept = await planGarbage({ ...request(root, ['-w']), projects: [other] });
    expect(kept.places.flatMap(({ files }) => files)).toEqual([]);
  });

  it('a project that is not there stops it', async () => {
    const { root, all } = build();
    await expect(removeGarbage({ ...request(root, ['-w']), projects: ['../nothing-here'] })).rejects.toThrow(
      /no project/,
    );
    expect(all.filter(path => !existsSync(join(root, path)))).toEqual([]);
  });
});

function request(directory: string, words: readonly string[]) {
  const has = (name: string) => words.includes(name);
  const after = (name: string) => (has(name) ? words[words.indexOf(name) + 1] : undefined);
  const count = after('-n');
  const scope: GcScope = {
    workspace: has('-w'),
    allBranches: has('-a'),
    allTags: has('-T'),
    allCommits: has('-A'),
    allExperiments: has('--all-experiments'),
    revision: after('--rev'),
    date: after('--date'),
    count: count === undefined ? undefined : Number(count),
  };
  return {
    ...{ directory, env: { HOME: directory }, now: () => Date.now(), onWait: () => undefined },
    ...{ scope, projects: [], skipFailed: false, cloud: false, notInRemote: false },
  };
}
