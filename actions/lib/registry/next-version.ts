// Which number a new version gets: an ordered table of facts, the first that holds decides the part.
import { digestValue } from '#lib/documents/canonical.ts';
import { FIRST_VERSION, raiseVersion, type VersionPart } from '#lib/registry/version.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';

/** What of a version decides its number; a record has all of it. */
export type VersionFacts = Pick<
  VersionRecord['spec'],
  'artifact' | 'task' | 'positive' | 'classes' | 'threshold' | 'features' | 'interface' | 'method' | 'lineage'
>;

interface Fact {
  readonly part: VersionPart;
  readonly says: string;
  readonly of: (facts: VersionFacts) => unknown;
}

/** Read from the top: the first difference decides. */
const FACTS: readonly Fact[] = [
  {
    part: 'major',
    says: 'the task changed',
    of: ({ task, positive, classes }) => ({ task, positive, classes }),
  },
  { part: 'major', says: 'the interface changed', of: facts => facts.interface },
  { part: 'major', says: 'a contract has a new major version', of: contractMajors },
  {
    part: 'minor',
    says: 'the features changed',
    of: ({ lineage, features }) => [lineage.features, features],
  },
  { part: 'minor', says: 'the algorithm changed', of: ({ method }) => method.algorithm },
  { part: 'patch', says: 'the threshold changed', of: ({ threshold }) => threshold },
  { part: 'patch', says: 'the code changed', of: ({ lineage }) => lineage.code },
  { part: 'patch', says: 'the parameters changed', of: ({ lineage }) => lineage.params },
  { part: 'build', says: 'the data changed', of: ({ lineage }) => lineage.data.map(({ digest }) => digest) },
];

function contractMajors({ lineage }: VersionFacts): unknown {
  return lineage.data.map(({ contract, contractVersion }) => [contract, contractVersion?.split('.')[0]]);
}

/** The next number after a version, and why; the first number without one. */
export function nextVersion(
  previous: { readonly version: string; readonly facts: VersionFacts } | undefined,
  facts: VersionFacts,
): { readonly version: string; readonly because: string } {
  if (!previous) return { version: FIRST_VERSION, because: 'it is the first version' };
  const fact = FACTS.find(({ of }) => digestValue(of(previous.facts)) !== digestValue(of(facts)));
  const part = fact?.part ?? 'build';
  return {
    version: raiseVersion(previous.version, part),
    because: fact?.says ?? 'the same inputs gave other bytes',
  };
}

/** Two versions that answer every request alike: releasing the second again would say nothing new. */
export function answersAlike(a: VersionFacts, b: VersionFacts): boolean {
  const part = ({ artifact, task, positive, classes, threshold, features }: VersionFacts) =>
    digestValue({ sha256: artifact.sha256, task, positive, classes, threshold, features });
  return part(a) === part(b);
}
