// Which version a changed contract owes its consumers, by Semantic Versioning 2.0.0 (https://semver.org). Below 1.0.0 the
// second number stands for what breaks and the third for everything else, as package managers read it.
import type { Bump, Change } from '#lib/contracts/changes/change.ts';

const NUMBER = '(0|[1-9]\\d{0,14})';
const IDENTIFIER = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

type Core = readonly [major: number, minor: number, patch: number];
interface Version {
  readonly core: Core;
  readonly label: string | undefined;
}

export interface OwedVersion {
  /** The bump owed, from the consumer's side; null where nothing changed. */
  readonly bump: Bump | null;
  readonly from: string;
  readonly to: string;
  /** The lowest version that fits. */
  readonly write: string;
  /** Why `to` does not do, as one sentence; null where it does. */
  readonly problem: string | null;
  /** What is worth telling though it does. */
  readonly note: string | null;
}

/** The worst of some changes for the consumer. */
export function owedBump(changes: readonly Pick<Change, 'consumer'>[]): Bump | null {
  return (
    (['major', 'minor', 'patch'] as const).find(bump => changes.some(one => one.consumer === bump)) ?? null
  );
}

/** Holds the version that was written against the one that is owed; a larger one is the author's right. */
export function judgeVersion(bump: Bump | null, { from, to }: Pick<OwedVersion, 'from' | 'to'>): OwedVersion {
  const [before, after] = [parse(from), parse(to)];
  const least = raise(before ?? coerce(from), bump);
  const owed = { bump, from, to, write: format(least) };
  const judged = (problem: string | null, note: string | null = null): OwedVersion => ({
    ...owed,
    problem,
    note,
  });
  const write = format(least);
  if (bump === null) {
    if (from === to) return { ...judged(null), write: from };
    const grown = before && after && compare(after, before) < 0 ? 'goes down' : 'changes';
    return { ...judged(`the version ${grown} from ${from} to ${to}, but nothing else does`), write: from };
  }
  if (!after) return judged(`the version ${to} is no semantic version`);
  if (!before)
    return judged(null, `${from} was no semantic version, so that ${to} cannot be held against it`);
  const what = `${article(bump)} ${bump} change asks for ${write}`;
  if (compare(after, before) < 0) return judged(`the version goes down from ${from} to ${to}, ${what}`);
  if (compare(after, before) === 0) return judged(`the version is still ${to}, ${what}`);
  if (isBelow(after.core, least.core)) return judged(`the version rises only from ${from} to ${to}, ${what}`);
  const isMore = after.label === undefined && compare(after, least) > 0;
  return judged(null, isMore ? `${to} is more than the changes ask for: ${write} would do` : null);
}

function article(bump: Bump): string {
  return bump === 'major' ? 'a breaking' : 'a';
}

function parse(text: string): Version | undefined {
  const [, major, minor, patch, label] = SEMVER.exec(text) ?? [];
  if (major === undefined) return undefined;
  return { core: [Number(major), Number(minor), Number(patch)], label };
}

/** What was probably meant by `v1.2` or `3`. */
function coerce(text: string): Version {
  const [, major = '1', minor = '0', patch = '0'] =
    /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?/i.exec(text.trim()) ?? [];
  return { core: [Number(major), Number(minor), Number(patch)], label: undefined };
}

/** A version with a label, such as 2.0.0-rc.1, comes before 2.0.0, which then is what is owed at the least. */
function raise({ core, label }: Version, bump: Bump | null): Version {
  const [major, minor, patch] = core;
  if (bump === null || label !== undefined) return { core, label: undefined };
  const isEarly = major === 0;
  const part = isEarly ? (bump === 'major' ? 'minor' : 'patch') : bump;
  const raised: Readonly<Record<Bump, Core>> = {
    major: [major + 1, 0, 0],
    minor: [major, minor + 1, 0],
    patch: [major, minor, patch + 1],
  };
  return { core: raised[part], label: undefined };
}

function format({ core }: Version): string {
  return core.join('.');
}

function isBelow(a: Core, b: Core): boolean {
  return compareCores(a, b) < 0;
}

function compareCores(a: Core, b: Core): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Precedence, section 11 of the standard. */
function compare(a: Version, b: Version): number {
  const core = compareCores(a.core, b.core);
  if (core !== 0 || a.label === b.label) return core;
  if (a.label === undefined || b.label === undefined) return a.label === undefined ? 1 : -1;
  const [left, right] = [a.label.split('.'), b.label.split('.')];
  const at = left.findIndex((part, index) => part !== right[index]);
  if (at < 0) return left.length - right.length;
  const [one = '', other] = [left[at], right[at]];
  if (other === undefined) return 1;
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(one) - Number(other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one < other ? -1 : 1;
}
