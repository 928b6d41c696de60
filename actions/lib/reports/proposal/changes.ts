// What a proposal changes, by what it is: a reviewer asks of data other things than of a parameter. The sentences are
// those of `propose`; they are sorted by the words they are made of, and what fits nowhere is told as it is.
import { groupDigits } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Inline, Span } from '#lib/reports/inline.ts';

/** In the order in which they matter to whoever reviews. */
const groups = [
  'Gates and evaluation',
  'Contract',
  'Data',
  'Features',
  'Algorithms',
  'Parameters',
  'Code',
] as const;

export type ChangeGroup = (typeof groups)[number];

/** `file key: old to new`, of a parameter anywhere. */
export interface ParameterChange {
  readonly file: string;
  /** Dotted, with indices: `spec.gates[0].atMost`. */
  readonly key: string;
  /** `2 to 3`. */
  readonly says: string;
}

const PARAMETER = /^(\S+\.(?:ya?ml|json|toml)) ([^\s:]+): (.*)$/su;

/** The parameter a sentence speaks of; undefined for sentences about anything else. */
export function parameterChange(sentence: string): ParameterChange | undefined {
  const [, file, key, says] = PARAMETER.exec(sentence) ?? [];
  return file !== undefined && key !== undefined && says !== undefined ? { file, key, says } : undefined;
}

/** What kind of change a sentence tells. */
export function groupOf(sentence: string): ChangeGroup {
  const parameter = parameterChange(sentence);
  if (parameter) return groupOfKey(parameter.key);
  const [path = ''] = sentence.split(' ', 1);
  if (/\/(?:behaviour|contexts)\.yaml$/u.test(path)) return 'Gates and evaluation';
  if (/(?:^|\/)contract\.odcs\.ya?ml$/u.test(path)) return 'Contract';
  return path.startsWith('data/') ? 'Data' : 'Code';
}

function groupOfKey(key: string): ChangeGroup {
  if (/^spec\.(?:gates|profile|evaluation|baseline|task|positive|classes)\b/u.test(key))
    return 'Gates and evaluation';
  if (/^spec\.algorithms\b/u.test(key)) return 'Algorithms';
  if (/(?:^|\.)features\b/u.test(key)) return 'Features';
  return /^split\b/u.test(key) ? 'Data' : 'Parameters';
}

/** Sentences about what the proposal is judged by. */
export function judgingChanges({ changes }: Proposal): readonly string[] {
  return (changes ?? []).filter(sentence => groupOf(sentence) === 'Gates and evaluation');
}

/** The page of a file; undefined where there is none. */
export type FileLink = (path: string) => string | undefined;

/** What differs from the base, in words; nothing outside git. */
export function changesSection(
  { base, changes, model }: Proposal,
  link: FileLink = () => undefined,
): readonly Block[] {
  if (!base) return [];
  const place = `${base.name} (${base.commit.slice(0, 7)})`;
  if (changes === null) {
    const text = `${place} has no ${model.metadata.name} yet: this is its first proposal.`;
    return [{ kind: 'paragraph', text }];
  }
  if (changes.length === 0)
    return [{ kind: 'paragraph', text: `Data, code and parameters are those of ${place}.` }];
  return [
    { kind: 'heading', level: 2, text: `What changed against ${place}` },
    { kind: 'list', items: groups.flatMap(group => groupItems(group, changes, link)) },
  ];
}

const SHOWN = 8;

/** A point for each change, with its group in front. */
function groupItems(group: ChangeGroup, changes: readonly string[], link: FileLink): readonly Inline[] {
  const own = changes.filter(sentence => groupOf(sentence) === group);
  const more = own.length - SHOWN;
  const said = own.slice(0, SHOWN).map(sentence => sayChange(sentence, link));
  return [...said, ...(more > 0 ? [[{ text: `and ${more} more` }]] : [])].map(spans => [
    { text: group, strong: true },
    { text: ': ' },
    ...spans,
  ]);
}

const FILE = /^(\S+) ((?:changed|is read now)\b.*)$/su;

function sayChange(sentence: string, link: FileLink): readonly Span[] {
  const parameter = parameterChange(sentence);
  if (parameter) {
    const file = { text: parameter.file, code: true, href: link(parameter.file) };
    const key = { text: parameter.key, code: true };
    return [key, { text: ' ' }, ...sayValues(parameter.says), { text: ' (' }, file, { text: ')' }];
  }
  const [, path, rest] = FILE.exec(sentence) ?? [];
  if (path === undefined || rest === undefined) return [{ text: sentence }];
  const sizes = rest.replace(
    /^changed \((\d+) to (\d+) bytes\)$/u,
    (_, before, after) => `changed (${groupDigits(before)} to ${groupDigits(after)} bytes)`,
  );
  return [{ text: path, code: true, href: link(path) }, { text: ` ${sizes}` }];
}

/** Old and new as code, unless it is not plain which is which. */
function sayValues(says: string): readonly Span[] {
  const values = says.split(' to ');
  const [old = '', now = ''] = values;
  if (values.length !== 2) return [{ text: says }];
  return [{ text: 'from ' }, { text: old, code: true }, { text: ' to ' }, { text: now, code: true }];
}
