// What a comment begins with: the verdict, then everything that makes a reader doubt it, before any table. A reviewer
// who reads no further must not have been led astray.
import type { Block } from '#lib/reports/blocks.ts';
import {
  asFound,
  type CommentInput,
  type Origin,
  originOf,
  ownJudgingOf,
  standingOf,
} from '#lib/reports/comment/input.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { overridesNotice } from '#lib/reports/proposal/gates.ts';
import { cautions, primaryLine, reasonsSection } from '#lib/reports/proposal/headline.ts';
import { weakness } from '#lib/reports/proposal/slices.ts';
import { knownRows } from '#lib/reports/proposal/test-rows.ts';

/** Verdict, what the proposal changes of its own judging, what it claims and nobody found, what blocks it, where it is weak. */
export function commentHead(input: CommentInput): readonly Block[] {
  const { evidence } = asFound(input);
  return [
    verdictNotice(input),
    ...foreign(input),
    ...ownJudging(input),
    ...unverified(input),
    ...notFound(input),
    ...overridesNotice(asFound(input)),
    ...knownRows(input.proposal),
    ...reasonsSection(asFound(input)),
    ...cautions(asFound(input)),
    ...(evidence ? weakness(evidence) : []),
  ];
}

const notices = { stands: 'pass', 'does not stand': 'fail', 'cannot be judged': 'warning' } as const;

const marks: Readonly<Record<Origin, string>> = {
  're-derived': 're-derived by main',
  claimed: 'claimed',
  'found on this machine': 'a rehearsal on one machine',
};

/** The whole verdict in one line, as a check's title has it too. */
export function verdictNotice(input: CommentInput): Block & { readonly text: Inline } {
  const standing = standingOf(input);
  const origin = originOf(input);
  const changed = origin === 're-derived' && ownJudgingOf(input).length > 0;
  const rules = changed ? ' by the gates of main, which it changes' : '';
  const proposal = asFound(input);
  return {
    kind: 'notice',
    notice: notices[standing],
    text: [
      { text: `${proposal.model.metadata.name} ${standing}${rules}`, strong: true },
      { text: ` (${marks[origin]}): ` },
      ...primaryLine(proposal),
    ],
  };
}

function foreign(input: CommentInput): readonly Block[] {
  if (input.foreign === undefined) return [];
  const lead = { text: 'This is not what the commit holds', strong: true };
  return [{ kind: 'notice', notice: 'warning', text: [lead, { text: `: ${input.foreign}` }] }];
}

function ownJudging(input: CommentInput): readonly Block[] {
  const changed = ownJudgingOf(input);
  if (changed.length === 0) return [];
  const judge = {
    're-derived':
      '. It was judged by what main has. To change a gate or the test rows on purpose, do that alone in a pull request first.',
    claimed: '. Nobody but the proposal itself has judged it by anything.',
    'found on this machine': '. In a pull request on a forge, what main has decides.',
  }[originOf(input)];
  const lead = { text: 'This proposal changes what it is judged by', strong: true };
  return [
    { kind: 'notice', notice: 'warning', text: [lead, { text: judge }] },
    { kind: 'list', items: changed },
  ];
}

function unverified(input: CommentInput): readonly Block[] {
  if (!input.verification || originOf(input) !== 'claimed') return [];
  // It fails by its own account before there is any number to believe.
  if (!input.proposal.evidence && standingOf(input) === 'does not stand') return [];
  const why = input.verification.why || 'no numbers came back from the job that derives them';
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [{ text: "Every number here is the proposal's own claim", strong: true }, { text: `: ${why}.` }],
    },
  ];
}

function notFound({ verification }: CommentInput): readonly Block[] {
  const differences = verification?.differences ?? [];
  if (differences.length === 0) return [];
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [{ text: 'The proposal claims what was not found', strong: true }, { text: ':' }],
    },
    {
      kind: 'table',
      columns: [
        { header: 'What' },
        { header: 'Claimed', align: 'right' },
        { header: 'Found', align: 'right' },
      ],
      rows: differences.map(({ what, claimed, found }) => ({
        cells: [what, claimed, [{ text: found, strong: true }]],
      })),
    },
  ];
}
