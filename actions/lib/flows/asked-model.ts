// The model that somebody names to compare with: a version of the registry, or whatever a branch, tag or commit has.
import { ConfigurationError } from '#lib/errors.ts';
import { type Base, readBaseModel } from '#lib/flows/base.ts';
import type { FindChampionOptions } from '#lib/flows/champion.ts';
import type { Host } from '#lib/flows/host.ts';
import { readState } from '#lib/flows/state.ts';
import { tagName } from '#lib/flows/tag-versions.ts';
import { listVersions } from '#lib/flows/versions.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Model } from '#lib/registry/model.ts';

interface Registry {
  readonly workspace: Workspace;
  /** Whose code may run here. */
  readonly base: Base;
  readonly host: Pick<Host, 'repository' | 'store'> | undefined;
}

type Asked = Pick<FindChampionOptions, 'base' | 'before' | 'registered'> &
  Partial<Pick<FindChampionOptions, 'rebuild'>>;

/**
 * Finds it. Code that never was on the base is not run: of such a commit the model is known only when its bytes are kept.
 * @throws ConfigurationError when it names neither a version nor a revision.
 */
export async function findAsked(
  { workspace, base, host }: Registry,
  { metadata: { name } }: Model,
  asked: string,
): Promise<Asked> {
  const records = host ? await listVersions(await readState(host.repository), name) : [];
  const record = records.find(
    ({ metadata }) => asked === metadata.version || asked === tagName(name, metadata.version),
  );
  if (host && record) {
    const stored = () => host.store.read(record.spec.artifact.sha256);
    return { base, before: undefined, registered: { name: asked, record, stored } };
  }
  const { git } = workspace;
  const candidates = [`refs/remotes/origin/${asked}`, `refs/tags/${asked}`, asked];
  for (const candidate of candidates) {
    const commit = await git?.resolve(candidate);
    if (commit === undefined) continue;
    const found = { name: asked, commit };
    const wasMain = (await git?.mergeBase(commit, base.commit)) === commit;
    const refuse = async (): Promise<string> => 'its code was never on main, and is not run here';
    return {
      base: found,
      before: await readBaseModel(workspace, found, name),
      registered: undefined,
      ...(wasMain ? {} : { rebuild: refuse }),
    };
  }
  const versions = records.map(({ metadata }) => metadata.version);
  throw new ConfigurationError(`"${asked}" is no version of ${name}, and no branch, tag or commit`, {
    remedy: `Versions: ${versions.slice(-10).join(', ') || 'none'}.`,
  });
}
