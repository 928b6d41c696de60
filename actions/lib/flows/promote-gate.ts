// The gate of promotions: a check that is green when the owners have approved what a pull request would move, and red with
// every reason until then. It reads the pull request as data, by the rules of main; the lock that holds is rollout, which
// derives the same again.
import { count } from '#lib/evaluation/format.ts';
import { gatherApproval, placesOf } from '#lib/flows/approval.ts';
import { checkPromotions } from '#lib/flows/check-promotions.ts';
import type { Host } from '#lib/flows/host.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

export const GATE_CHECK = 'mainline/approval';

export interface GateOptions {
  readonly number: number;
  /** The commit the check is set on; a merge queue makes one of its own. The pull request's head without it. */
  readonly commit?: string | undefined;
  readonly detailsUrl?: string | undefined;
}

export interface Gated {
  readonly pull: Pull;
  readonly conclusion: 'success' | 'failure';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** Decides, and sets the check. */
export async function promoteGate(host: Host, options: GateOptions): Promise<Gated> {
  const pull = await host.forge.getPull(options.number);
  const gated = await decide(host, pull);
  await host.forge.upsertCheck({
    name: GATE_CHECK,
    commit: options.commit ?? pull.head,
    ...{ conclusion: gated.conclusion, title: gated.title, summary: gated.summary },
    detailsUrl: options.detailsUrl,
  });
  return gated;
}

async function decide(host: Host, pull: Pull): Promise<Gated> {
  const { items: files, isComplete } = await host.forge.changedFiles(pull);
  const paths = files.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  const places = placesOf(paths);
  if (places.length === 0 && isComplete) {
    const title = 'It promotes nothing';
    return {
      ...{ pull, conclusion: 'success', title },
      summary: renderMarkdown([
        { kind: 'paragraph', text: 'No rollout file is changed: nothing that serves would move.' },
      ]),
    };
  }
  await host.forge.bring(pull);
  const problems = await checkPromotions(host, pull, paths);
  const { decision, subject } = await gatherApproval(host, pull);
  const passed = decision.approved && problems.length === 0;
  const where = places.map(({ model, environment }) => `${model} in ${environment}`).join(', ');
  const blocks: readonly Block[] = [
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
  const conclusion = passed ? 'success' : 'failure';
  const title = passed
    ? 'Approved by the owners'
    : `${count(problems.length + decision.reasons.length, 'thing')} missing`;
  return { pull, conclusion, title, summary: renderMarkdown(blocks) };
}
