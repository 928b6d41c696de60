// Words that stand in an order: how far a contract is in its life, how private a column is, how hard a rule is meant.
import type { Effect } from '#lib/contracts/changes/change.ts';

/** What a contract of each status promises; `deprecated` still promises, but says that it will end. */
const PROMISED: Readonly<Record<string, number>> = {
  retired: -1,
  proposed: 0,
  draft: 0,
  deprecated: 1,
  active: 1,
};

/** Whether the contract is past its life or has not begun it, so that nobody may rely on it. */
export function isPromised(status: string | undefined): boolean {
  return (PROMISED[(status ?? '').toLowerCase()] ?? 1) > 0;
}

export function compareStatus(from: string | undefined, to: string | undefined): Effect {
  const [before, after] = [from, to].map(status => PROMISED[(status ?? '').toLowerCase()]);
  if (before === undefined || after === undefined || before === after) return 'noted';
  return after < before ? 'loosened' : 'tightened';
}

/** From what anybody may see; a column without a word lies between public and internal. */
const PRIVACY: readonly (readonly string[])[] = [
  ['public', 'open'],
  [''],
  ['internal'],
  ['restricted', 'confidential', 'sensitive', 'personal', 'pii'],
  ['secret', 'highly confidential', 'sensitive personal'],
];

/** Those who read the data have to handle more private data otherwise; those who deliver it may not let it become less. */
export function compareClassification(from: string | undefined, to: string | undefined): Effect {
  const [before, after] = [from, to].map(word =>
    PRIVACY.findIndex(words => words.includes((word ?? '').trim().toLowerCase())),
  );
  if (before === undefined || after === undefined || before < 0 || after < 0) return 'reworked';
  if (before === after) return from === undefined || to === undefined ? 'reworded' : 'noted';
  return after > before ? 'loosened' : 'tightened';
}

const INFO = /^(info|low|minor|trivial)$/i;
const WARNING = /^(warning|warn)$/i;

/** 0 is only told, 1 warns, 2 fails the contract. */
export function rankSeverity(severity = ''): 0 | 1 | 2 {
  return INFO.test(severity) ? 0 : WARNING.test(severity) ? 1 : 2;
}
