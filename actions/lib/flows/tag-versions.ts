// An annotated tag per version, as GTO reads it: the fourth part is build metadata there, `delivery-time@v1.3.0+2`.
import type { Host } from '#lib/flows/host.ts';
import { MACHINE } from '#lib/flows/state.ts';
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
