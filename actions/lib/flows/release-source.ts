// Whether the commit that a repository is to take its actions from is a release: sources alone start nothing, since the
// bundles are only in the commit of a tag. The clone that init runs from knows, where it has the commit.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { runGit } from '#lib/git/command.ts';

/** A bundle that every release has. */
const BUNDLE = 'actions/dist/verify.js';
const RELEASE = /^v(\d+\.\d+\.\d+)$/u;

export interface ReleaseLabel {
  /** Such as 0.1.0: of the tag that points at the commit, else the one asked for. */
  readonly version: string;
  /** Why nobody vouches for the version; null where a tag does. */
  readonly doubt: string | null;
}

/**
 * @param clone A checkout of Mainline.
 * @throws ConfigurationError where the clone has the commit, and the commit has no bundles.
 */
export async function labelRelease(
  clone: string,
  { commit, version }: { readonly commit: string; readonly version: string },
): Promise<ReleaseLabel> {
  const has = async (name: string): Promise<boolean> =>
    (await runGit(clone, ['cat-file', '-e', name])).code === 0;
  // Without a .git of its own it may lie inside another repository, which git would ask instead.
  if (!existsSync(join(clone, '.git')) || !(await has(`${commit}^{commit}`))) {
    return { version, doubt: `not verified: this copy of Mainline does not know the commit ${commit}` };
  }
  if (!(await has(`${commit}:${BUNDLE}`))) {
    throw new ConfigurationError(`${commit} is no release: it has no bundles`, {
      remedy: `Take the commit of a tag v*: ${await listReleases(clone)}.`,
    });
  }
  const [tagged] = versionsOf(await tags(clone, ['--points-at', commit]));
  if (tagged !== undefined) return { version: tagged, doubt: null };
  return { version, doubt: `not verified: ${commit} has bundles, but no tag v* points at it` };
}

async function listReleases(clone: string): Promise<string> {
  const [newest] = versionsOf(await tags(clone, []));
  if (newest !== undefined) return `git -C ${clone} rev-parse 'v${newest}^{commit}'`;
  return 'there is none here yet; README says under "Before there is a release" how to make one';
}

async function tags(clone: string, which: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runGit(clone, ['tag', '--list', ...which]);
  return stdout.toString().split('\n');
}

/** The newest first. */
function versionsOf(names: readonly string[]): readonly string[] {
  const key = (version: string): string =>
    version
      .split('.')
      .map(part => part.padStart(10, '0'))
      .join('.');
  return names.flatMap(name => RELEASE.exec(name)?.[1] ?? []).sort((a, b) => compareText(key(b), key(a)));
}
