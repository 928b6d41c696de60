// What the gate of promotions makes of one pull request: it is read as data, by the rules of main. The lock that holds is
// rollout, which derives the same again.
import type { ApprovalDecision } from '#lib/approval/decision.ts';
import { count } from '#lib/evaluation/format.ts';
import { gatherApproval, placesOf } from '#lib/flows/approval.ts';
import { checkPromotions } from '#lib/flows/check-promotions.ts';
import type { Host } from '#lib/flows/host.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

export interface PullDecision {
  readonly pull: Pull;
  readonly conclusion: 'success' | 'failure';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** Decides about one that is open and goes to main. */
export async function decidePull(host: Host, pull: Pull): Promise<PullDecision> {
  const { items: files, isComplete } = await host.forge.changedFiles(pull);
  const paths = files.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  const places = placesOf(paths);
  if (places.length === 0 && isComplete) {
    const text = 'No rollout file is changed: nothing that serves would move.';
    const summary = renderMarkdown([{ kind: 'paragraph', text }]);
    return { pull, conclusion: 'success', title: 'It promotes nothing', summary };
  }
  await host.forge.bring(pull);
  const before = await reviewsOf(host, pull);
  const { decision, subject } = await gatherApproval(host, pull);
  const problems = [...(await checkPromotions(host, pull, paths))];
  if (decision.approved) problems.push(...(await findMoves(host, pull, before)));
  const passed = decision.approved && problems.length === 0;
  const where = places.map(({ model, environment }) => `${model} in ${environment}`).join(', ');
  const title = passed
    ? 'Approved by the owners'
    : `${count(problems.length + decision.reasons.length, 'thing')} missing`;
  const summary = renderMarkdown(describe(decision, { where, problems, subject }));
  return { pull, conclusion: passed ? 'success' : 'failure', title, summary };
}

const reviewsOf = async ({ forge }: Host, { number }: Pull): Promise<string> =>
  JSON.stringify(await forge.listReviews(number));

/** What changed while it was looked at: then nobody has approved what is there now. */
async function findMoves(host: Host, pull: Pull, reviews: string): Promise<readonly string[]> {
  const { head, base, state } = await host.forge.getPull(pull.number);
  const isSame = head === pull.head && base === pull.base && state === pull.state;
  return [
    ...(isSame ? [] : ['The pull request was changed while it was looked at']),
    ...((await reviewsOf(host, pull)) === reviews ? [] : ['Somebody reviewed while it was looked at']),
  ];
}

interface Facts {
  readonly where: string;
  readonly problems: readonly string[];
  readonly subject: string;
}

function describe(decision: ApprovalDecision, { where, problems, subject }: Facts): readonly Block[] {
  const passed = decision.approved && problems.length === 0;
  return [
    {
      kind: 'notice',
      notice: passed ? 'pass' : 'fail',
      text: passed
        ? `Approved: ${where || 'all of it'}`
        : `Held: ${where || 'not all files could be listed'}`,
    },
    ...(problems.length > 0 ? [{ kind: 'list', items: problems } as const] : []),
    ...(decision.reasons.length > 0 ? [{ kind: 'list', items: decision.reasons } as const] : []),
    {
      kind: 'table',
      columns: [{ header: 'Path' }, { header: 'Owners' }, { header: 'Approved by' }, { header: 'Missing' }],
      rows: decision.paths.slice(0, 100).map(({ path, owners, approvers, missing }) => ({
        cells: [
          [{ text: path, code: true }],
          owners.join(' '),
          approvers.map(({ login }) => login).join(', ') || '-',
          missing ?? '',
        ],
      })),
    },
    ...(decision.ignored.length > 0
      ? [
          {
            kind: 'details',
            summary: `${count(decision.ignored.length, 'review')} without effect`,
            blocks: [
              {
                kind: 'list',
                items: decision.ignored.map(({ login, reason }) => `${login ?? 'somebody'}: ${reason}`),
              },
            ],
          } as const,
        ]
      : []),
    { kind: 'paragraph', text: [{ text: `Subject ${subject}`, muted: true }] },
  ];
}
