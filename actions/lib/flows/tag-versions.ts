// An annotated tag per version, as GTO reads it: the fourth part is build metadata there, `delivery-time@v1.3.0+2`.
import { ConfigurationError } from '#lib/errors.ts';
import type { Host } from '#lib/flows/host.ts';
import { MACHINE, type State } from '#lib/flows/state.ts';
import { listVersions } from '#lib/flows/versions.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';

/** The tag of a version. */
export function tagName(model: string, version: string): string {
  const [major, minor, patch, build] = version.split('.');
  return `${model}@v${major}.${minor}.${patch}+${build}`;
}

/** Writes the tags that are missing: also those of a release that was killed before it came to them. */
export async function tagVersions(
  { repository }: Pick<Host, 'repository'>,
  records: readonly VersionRecord[],
): Promise<void> {
  const known = new Set((await repository.refs('refs/tags/')).map(({ name }) => name));
  for (const { metadata, spec } of records) {
    const name = tagName(metadata.model, metadata.version);
    if (known.has(`refs/tags/${name}`)) continue;
    const { metric, value, unit } = spec.evaluation.primary;
    const message = [
      `${metadata.model} ${metadata.version}`,
      '',
      `${metric} ${value ?? 'undefined'}${unit === '' ? '' : ` ${unit}`}; ${spec.because}`,
      `model ${spec.artifact.sha256}`,
      `evidence ${spec.evaluation.evidence}`,
    ].join('\n');
    // Its time is the commit's, so that the same release gives the same tag.
    await repository.tag(name, spec.source.commit, { message, author: { ...MACHINE, at: spec.created } });
  }
}

/** A tag is the second witness of a release: it stays when somebody takes the state branch away or moves it back. */
export async function findLostVersions(
  { repository }: Pick<Host, 'repository'>,
  state: State,
  only?: string,
): Promise<readonly { readonly tag: string; readonly says: string }[]> {
  const released = new Map<string, ReadonlyMap<string, string>>();
  const lost: { readonly tag: string; readonly says: string }[] = [];
  for (const { name } of await repository.refs('refs/tags/')) {
    const [, model, three, build] = /^refs\/tags\/([^@]+)@v(\d+\.\d+\.\d+)\+(\d+)$/u.exec(name) ?? [];
    if (!model || (only !== undefined && model !== only)) continue;
    if (!released.has(model)) {
      const records = await listVersions(state, model);
      released.set(model, new Map(records.map(one => [one.metadata.version, one.spec.source.commit])));
    }
    const version = `${three}.${build}`;
    const recorded = released.get(model)?.get(version);
    const tag = name.slice('refs/tags/'.length);
    const commit = await repository.resolve(name);
    if (recorded === undefined)
      lost.push({ tag, says: `${model} ${version}: the tag ${tag} is all that is left of it` });
    else if (recorded !== commit)
      lost.push({ tag, says: `${model} ${version}: the tag ${tag} names another commit than its record` });
  }
  return lost;
}

/** @throws ConfigurationError when versions were lost: a number would be given a second time. */
export async function requireNoneLost(
  host: Pick<Host, 'repository'>,
  state: State,
  model: string,
): Promise<void> {
  const lost = await findLostVersions(host, state, model);
  if (lost.length === 0) return;
  throw new ConfigurationError(lost.map(({ says }) => says).join('\n'), {
    remedy:
      'The state branch was moved back or taken away. Push it again from a clone that has it (mainline/state), or delete a tag that is not of a release.',
  });
}
