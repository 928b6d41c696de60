// A repository elsewhere: asked where its branches stand (git ls-remote), and fetched into a private bare mirror only when
// one has moved. The mirror outlives the process, so that a start without the network serves what was known last.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { MAIN_REF, parseHeads, readHeads, STATE_REF } from '#lib/flows/serve/heads.ts';
import type { Heads, Source } from '#lib/flows/serve/source.ts';
import { readGit } from '#lib/git/command.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { withoutSecret } from '#lib/git/remote.ts';
import { STORE_REF } from '#lib/storage/branch.ts';

/** A connection that carries less than a byte a second for so long is dead. */
const QUIET_SECONDS = 20;

/** @param folder `.mainline`, below which the mirror lies */
export async function openRemoteSource(address: string, folder: string): Promise<Source> {
  const name = withoutSecret(address);
  const directory = join(folder, 'mirrors', `${digestBytes(address).slice('sha256:'.length, 30)}.git`);
  await makeMirror(directory);
  await readGit(directory, [`--git-dir=${directory}`, 'gc', '--auto', '--quiet']).catch(() => undefined);
  const git = async (args: readonly string[]): Promise<string> => {
    try {
      return await readGit(directory, [
        ...[
          `--git-dir=${directory}`,
          '-c',
          'http.lowSpeedLimit=1',
          '-c',
          `http.lowSpeedTime=${QUIET_SECONDS}`,
        ],
        ...args,
      ]);
    } catch (cause) {
      const words = errorMessage(cause)
        .replaceAll(address, name)
        .replaceAll(/[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/giu, withoutSecret);
      throw new ConfigurationError(`${name} cannot be reached: ${words}`, {
        remedy: 'Check the address, the network and the credentials git has; it is tried again all the time.',
      });
    }
  };
  // Nobody else writes the mirror, so that where it stands is asked once; but somebody may tidy it away.
  let here: Heads | undefined;
  return {
    name,
    isRemote: true,
    repository: await openRepository(directory),
    heads: async () => {
      if (!existsSync(directory)) {
        await makeMirror(directory);
        here = undefined;
      }
      const there = parseHeads(await git(['ls-remote', '--refs', '--', address, MAIN_REF, STATE_REF]));
      here ??= await readHeads(directory).catch(() => undefined);
      if (!here || isBehind(here, there)) await fetchHeads(git, { address, directory, there });
      here = there;
      return there;
    },
    lastHeads: () => readHeads(directory),
    watch: () => () => undefined,
  };
}

async function makeMirror(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await readGit(directory, ['init', '--quiet', '--bare', '--initial-branch=main', directory]);
}

function isBehind(here: Heads, there: Heads): boolean {
  return here.main !== there.main || here.state !== there.state;
}

interface Fetch {
  readonly address: string;
  readonly directory: string;
  readonly there: Heads;
}

async function fetchHeads(
  git: (args: readonly string[]) => Promise<string>,
  { address, directory, there }: Fetch,
): Promise<void> {
  const refs = [...(there.main ? [MAIN_REF] : []), ...(there.state ? [STATE_REF] : [])];
  if (refs.length === 0) return;
  // Without what would start further processes: tidying up is done once, at the start.
  const plain = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];
  const args = ['fetch', '--quiet', ...plain, '--', address];
  // The bytes may travel with git; a pattern does not fail where there is no such branch.
  const wanted = [...refs.map(ref => `+${ref}:${ref}`), `+${STORE_REF}*:${STORE_REF}*`];
  try {
    await git([...args, ...wanted]);
  } catch (error) {
    // A fetch that was killed leaves its lock files. Nothing but what can be fetched again is in the mirror.
    if (!/\.lock|File exists/u.test(errorMessage(error))) throw error;
    await rm(directory, { recursive: true, force: true });
    await makeMirror(directory);
    await git([...args, ...wanted]);
  }
}
