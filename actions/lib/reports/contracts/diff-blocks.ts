// What changed in data contracts, for people: in a terminal and in the comment on a pull request.
import type { Bump, Change } from '#lib/contracts/changes/change.ts';
import type { ConcernedConsumer } from '#lib/contracts/changes/consumer.ts';
import type { ContractDiff } from '#lib/contracts/changes/contract-diff.ts';
import { formatLocation } from '#lib/errors.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';

const GROUPS: readonly (readonly [Bump, string])[] = [
  ['major', 'Breaks consumers'],
  ['minor', 'More than before, or worth knowing'],
  ['patch', 'Words'],
];

/** One contract: its changes, the worst first, the version it owes, and who reads what changed. */
export function contractDiffBlocks(diff: ContractDiff): readonly Block[] {
  const { path, changes, consumers } = diff;
  const groups = GROUPS.flatMap(([verdict, title]): readonly Block[] => {
    const own = changes.filter(({ consumer }) => consumer === verdict);
    if (own.length === 0) return [];
    return [
      { kind: 'paragraph', text: [{ text: title, strong: true }] },
      { kind: 'list', items: own.map(sayChange) },
    ];
  });
  const readers: readonly Block[] =
    consumers.length === 0
      ? []
      : [
          { kind: 'paragraph', text: [{ text: 'Who reads it', strong: true }] },
          { kind: 'list', items: consumers.map(sayConsumer) },
        ];
  return [
    { kind: 'heading', level: 3, text: [{ text: path, code: true }] },
    ...groups,
    ...readers,
    notice(diff),
  ];
}

function sayChange({ what, consumer, producer, at }: Change): Inline {
  return [
    { text: `${what} ` },
    { text: `(consumer ${consumer}, producer ${producer})`, muted: true },
    { text: ' ' },
    {
      text: formatLocation({
        file: at.revision ? `${at.revision}:${at.file}` : at.file,
        line: at.line,
        column: at.column,
      }),
      code: true,
    },
  ];
}

function sayConsumer({ kind, name, columns, changed, verdict, path }: ConcernedConsumer): Inline {
  const kinds = { model: 'model', 'feature-view': 'feature view' } as const;
  const list = changed.join(', ');
  const reads =
    list === ''
      ? 'reads the data'
      : columns === undefined
        ? `may read ${list}, since it names no columns`
        : `reads ${list}`;
  return [
    { text: `${kinds[kind]} ` },
    { text: name, code: true },
    { text: ` ${reads} ` },
    { text: `(${verdict}) `, muted: true },
    { text: path, code: true },
  ];
}

function notice({ kind, passed, problem, remedy, version, at, changes }: ContractDiff): Block {
  if (!passed) {
    const { file, line, column } = at;
    const place = formatLocation({ file, line, column });
    return { kind: 'notice', notice: 'fail', text: `${place} ${problem}. ${remedy}` };
  }
  if (kind === 'new') return { kind: 'notice', notice: 'info', text: 'This contract is new.' };
  if (kind === 'gone')
    return { kind: 'notice', notice: 'info', text: 'This contract promised nothing any more.' };
  if (version === null || changes.length === 0)
    return { kind: 'notice', notice: 'pass', text: 'Nothing changed.' };
  const fits = `Version ${version.to} fits ${changes.length === 1 ? 'the change' : `the ${changes.length} changes`} since ${version.from}.`;
  const note = version.note === null ? '' : ` Note: ${version.note}.`;
  return { kind: 'notice', notice: 'pass', text: `${fits}${note}` };
}

/** What cannot be known, for the end of a report. */
export function unreadModelBlocks(models: readonly string[]): readonly Block[] {
  if (models.length === 0) return [];
  const text = `These models cannot be read, and may read what changed: ${models.join(', ')}.`;
  return [{ kind: 'notice', notice: 'warning', text }];
}
