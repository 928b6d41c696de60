// Everything a test of the contract may do besides asking the forge: what people do with git, reviews and merges. Each
// kind of forge brings its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Forge, MergeMethod } from '#lib/forge/forge.ts';
import { openLocalForge, PEOPLE_FILE } from '#lib/forge/local.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { type Fixture, makeFixture } from './fixture.ts';

export interface World extends Fixture {
  readonly forge: Forge;
  /** `git push --force` of a branch that was committed to. */
  push(branch: string): Promise<void>;
  review(number: number, user: string, state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'): Promise<void>;
  /** @returns where main stands afterwards. */
  merge(number: number, method: MergeMethod): Promise<string>;
  /** Members of acme/eta, and who may write. */
  setPeople(members: readonly string[], writers: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The accounts of every world. */
export const ACCOUNTS = ['ada', 'bob', 'carol', 'dave'] as const;

export async function openLocalWorld(): Promise<World> {
  const fixture = await makeFixture();
  const repository = await openRepository(fixture.bare);
  const forge = openLocalForge(repository);
  return {
    ...fixture,
    forge,
    push: async branch => {
      fixture.git('push', '--quiet', '--force', 'origin', branch);
    },
    review: async (number, user, state) => {
      const { head: commit } = await forge.getPull(number);
      await forge.addReview(number, {
        ...{ user, type: 'User', state, commit },
        submittedAt: '2026-03-01T10:00:00Z',
      });
    },
    merge: async (number, method) => {
      const { head: expectedHead } = await forge.getPull(number);
      const at = '2026-03-01T12:00:00Z';
      await forge.merge(number, { ...{ by: 'carol', method, expectedHead, at }, bypassed: false });
      fixture.git('fetch', '--quiet', 'origin');
      return fixture.git('rev-parse', 'origin/main');
    },
    setPeople: async (members, writers) => {
      const file = join(repository.directory, PEOPLE_FILE);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `teams: {acme/eta: [${members.join(', ')}]}\nwriters: [${writers.join(', ')}]\n`);
    },
    close: async () => {},
  };
}
