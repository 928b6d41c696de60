// Version numbers MAJOR.MINOR.PATCH.BUILD: what changed decides the part, what exists decides the number.
import { z } from 'zod';

const NUMBER = '(0|[1-9][0-9]{0,8})';
const PATTERN = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}\\.${NUMBER}$`, 'u');

/** Valid as an OCI tag, a Kubernetes label and a file name. */
export const versionSchema = z.string().regex(PATTERN, 'write MAJOR.MINOR.PATCH.BUILD, such as 1.2.0.3');

export const FIRST_VERSION = '1.0.0.0';

const PARTS = ['major', 'minor', 'patch', 'build'] as const;
export type VersionPart = (typeof PARTS)[number];

/** Numeric order, never textual: 1.10.0.0 comes after 1.9.0.0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  const part = left.findIndex((value, i) => value !== right[i]);
  return part < 0 ? 0 : (left[part] ?? 0) - (right[part] ?? 0);
}

/** The newest of some versions, or undefined of none. */
export function newestVersion(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1);
}

/** Raises one part and sets the lower ones to 0. */
export function raiseVersion(version: string, part: VersionPart): string {
  const at = PARTS.indexOf(part);
  return numbers(version)
    .map((value, i) => (i < at ? value : i === at ? value + 1 : 0))
    .join('.');
}

function numbers(version: string): readonly number[] {
  const found = PATTERN.exec(version);
  if (!found) throw new RangeError(`${version} is not a version`);
  return found.slice(1).map(Number);
}
