// Every answer of DVC 3.67.1 that make-status.py recorded, asked again of our own engine.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataStatusToJson } from '#lib/dvc/status/data-status.ts';
import { revisionDiffToJson } from '#lib/dvc/status/revision-diff.ts';
import { statusToJson } from '#lib/dvc/status/status.ts';
import { dataStatusOfRepository } from '#lib/flows/dvc/data-status.ts';
import { diffRevisions } from '#lib/flows/dvc/diff.ts';
import { listRepository } from '#lib/flows/dvc/list.ts';
import { statusOfRepository } from '#lib/flows/dvc/status.ts';
import {
  buildRecorded,
  type RecordedRun,
  type RecordedState,
  readRecorded,
} from '../../../support/recorded-repository.ts';

const built: string[] = [];
afterEach(() => {
  for (const folder of built.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe.each(readRecorded().map(scenario => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  it.each(scenario.states.map((state, index) => [index + 1, state] as const))(
    'is told as DVC tells it, state %i',
    async (_, state) => {
      const root = buildRecorded(scenario, state);
      built.push(root);
      const expected = withJson(state).map(({ words, folder, json }) => ({
        words,
        folder,
        json: sorted(json),
      }));
      const found: unknown[] = [];
      for (const { words, folder } of withJson(state)) {
        const json = sorted(await answer(words, join(root, folder ?? '.')));
        found.push({ words, folder, json });
      }
      expect(found).toEqual(expected);
    },
  );

  const failing = scenario.states.flatMap(state =>
    state.runs.filter(isRefused).map(run => [run, state] as const),
  );
  it.each(failing)('refuses what DVC refuses: %o', async ({ words, folder }, state) => {
    const root = buildRecorded(scenario, state);
    built.push(root);
    await expect(answer(words, join(root, folder ?? '.'))).rejects.toThrow();
  });
});

function withJson({ runs }: RecordedState): readonly RecordedRun[] {
  return runs.filter(run => 'json' in run);
}

/** Options that do not go together are the command line's to refuse. */
function isRefused({ words, exit }: RecordedRun): boolean {
  return (
    exit !== 0 &&
    !words.includes('-q') &&
    !['--tree', '-j', '--all-branches'].some(word => words.includes(word))
  );
}

/** Lists whose order DVC draws anew each time are put in order; diff and ls have an order of their own. */
function sorted(json: unknown): unknown {
  if (Array.isArray(json)) {
    const items = json.map(sorted);
    const isRename = (item: unknown) =>
      typeof item === 'object' && item !== null && 'old' in item && !('path' in item);
    if (items.every(item => typeof item === 'string')) return items.toSorted();
    return items.every(isRename)
      ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof json !== 'object' || json === null) return json;
  const { isdir, size, ...fields } = json as Record<string, unknown>;
  // What a folder itself takes on the disk depends on the file system.
  const kept =
    isdir === true ? { isdir } : { ...('isdir' in json && { isdir }), ...('size' in json && { size }) };
  const entries = Object.entries({ ...fields, ...kept }).map(([key, value]) => [key, sorted(value)]);
  return Object.fromEntries(entries);
}

async function answer(words: readonly string[], directory: string): Promise<unknown> {
  const [verb = '', ...rest] = words[0] === 'data' ? ['data status', ...words.slice(2)] : words;
  const has = (...names: string[]) => names.some(name => rest.includes(name));
  const option = (name: string) => (has(name) ? rest[rest.indexOf(name) + 1] : undefined);
  const at = { directory, env: { HOME: directory }, now: () => Date.now() };
  const plain = rest.filter(word => !word.startsWith('-') && word !== 'all');
  if (verb === 'status') {
    const request = { ...at, targets: plain, withDeps: has('-d', '--with-deps'), recursive: has('-R') };
    return statusToJson((await statusOfRepository(request)).stages);
  }
  if (verb === 'data status') {
    const flags = {
      granular: has('--granular'),
      unchanged: has('--unchanged'),
      untracked: has('--untracked-files'),
    };
    const { unchanged, ...json } = dataStatusToJson(
      await dataStatusOfRepository({ ...at, targets: plain, ...flags }),
    );
    return flags.unchanged && unchanged ? { ...json, unchanged } : json;
  }
  if (verb === 'diff') {
    const targets = has('--targets') ? rest.slice(rest.indexOf('--targets') + 1) : [];
    const [before = 'HEAD', after] = plain.filter(word => !targets.includes(word));
    const diff = await diffRevisions({ ...at, before, after, targets });
    return revisionDiffToJson(diff, {
      showHash: has('--show-hash'),
      hideMissing: after !== undefined || has('--hide-missing'),
    });
  }
  const level = option('-L');
  const revision = option('--rev');
  const [, path = ''] = plain.filter(word => word !== level && word !== revision);
  return listRepository({
    ...at,
    path,
    revision,
    recursive: has('-R'),
    dvcOnly: has('--dvc-only'),
    ...(level !== undefined && { level: Number(level) }),
  });
}
