// The other version of the data that statistics compare with: main, a revision of git, or a path. Where it lies is not
// known here: whoever runs the checks says how to find it.
import type { Data, DataPart } from '#lib/contracts/data/data.ts';
import { openPart } from '#lib/contracts/data/open.ts';
import type { NotFound } from '#lib/contracts/run/reference.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** Finds the same table in another version of the data. @param name as the rule writes it: `main`, `v1.2`, `data/old.csv` */
export type FindVersion = (name: string) => Promise<Data | NotFound>;

/** The files of a version, opened. */
export type OpenVersion = (name: string) => Promise<readonly DataPart[] | NotFound>;

/** Opens each version once, however many rules ask for it. */
export function openVersions(engine: SqlEngine, find: FindVersion | undefined): OpenVersion {
  const opened = new Map<string, Promise<readonly DataPart[] | NotFound>>();
  return name => {
    const known = opened.get(name) ?? open(name);
    opened.set(name, known);
    return known;
  };

  async function open(name: string): Promise<readonly DataPart[] | NotFound> {
    const found = find ? await find(name) : { reason: `the version ${name} is not at hand` };
    if ('reason' in found) return found;
    if (found.files.length === 0) return { reason: `there is no data in the version ${name}` };
    const parts: DataPart[] = [];
    for (const file of found.files) parts.push(await openPart(file, found, engine));
    return parts;
  }
}
