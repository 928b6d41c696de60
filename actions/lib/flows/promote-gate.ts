// The gate of promotions: a check on a commit that is green when the owners have approved what it would move, and red with
// every reason until then. A commit has one check whoever proposes it, so it is decided over all pull requests that bring it
// to main; and whatever goes wrong in between makes it red, since an older green one would stand otherwise.
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { decidePull, type PullDecision } from '#lib/flows/gate-pull.ts';
import { findUnapproved } from '#lib/flows/gate-queue.ts';
import type { Host } from '#lib/flows/host.ts';
import type { Check, Forge } from '#lib/forge/forge.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

export const GATE_CHECK = 'mainline/approval';

/** The head of pull requests, or the commit that a merge queue made of one and of those before it. */
export type GateSubject = { readonly head: string } | { readonly number: number; readonly commit: string };

export interface GateOptions {
  readonly subject: GateSubject;
  readonly detailsUrl?: string | undefined;
}

export interface Gated {
  /** Those that were decided about: open ones to main. */
  readonly pulls: readonly number[];
  readonly conclusion: 'success' | 'failure';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

type Checks = Pick<Forge, 'upsertCheck'>;

/** Begins the check, decides, and ends it; in whatever goes wrong it ends as a failure, and the error is thrown on. */
export async function promoteGate(host: Host, options: GateOptions): Promise<Gated> {
  const { subject } = options;
  const started = { conclusion: 'failure', title: 'Being decided', summary: '' } as const;
  try {
    await host.forge.upsertCheck({ ...checkOf(options), ...started, isPending: true });
    const gated = 'head' in subject ? await decideHead(host, subject.head) : await decideGroup(host, subject);
    const { conclusion, title, summary } = gated;
    await host.forge.upsertCheck({ ...checkOf(options), conclusion, title, summary });
    return gated;
  } catch (error) {
    await failGate(host.forge, options, error);
    throw error;
  }
}

/** Makes the check red because of an error; where not even that can be written, the error itself has to do. */
export async function failGate(checks: Checks, options: GateOptions, error: unknown): Promise<void> {
  const blocks: readonly Block[] =
    error instanceof ConfigurationError
      ? [
          { kind: 'paragraph', text: errorMessage(error) },
          ...(error.remedy === undefined ? [] : [{ kind: 'paragraph', text: error.remedy } as const]),
        ]
      : [{ kind: 'paragraph', text: 'It failed: see the log of the run.' }];
  const title = 'It could not be decided';
  const failed = { conclusion: 'failure', title, summary: renderMarkdown(blocks) } as const;
  await checks.upsertCheck({ ...checkOf(options), ...failed }).catch(() => undefined);
}

function checkOf({ subject, detailsUrl }: GateOptions): Pick<Check, 'name' | 'commit' | 'detailsUrl'> {
  return { name: GATE_CHECK, commit: 'head' in subject ? subject.head : subject.commit, detailsUrl };
}

async function decideHead(host: Host, head: string): Promise<Gated> {
  const found = await host.forge.pullsWithHead(head);
  const decisions: PullDecision[] = [];
  for (const pull of found) {
    if (pull.state === 'open' && pull.base === 'main') decisions.push(await decidePull(host, pull));
  }
  const pulls = decisions.map(({ pull }) => pull.number);
  // The worst one: a check is of the commit, and whichever of them is merged brings the same.
  const decision = decisions.find(({ conclusion }) => conclusion === 'failure') ?? decisions[0];
  if (!decision) {
    const words = 'Only what an open pull request would bring to main can be approved.';
    return held(pulls, 'No open pull request brings this commit to main', [
      { kind: 'paragraph', text: words },
    ]);
  }
  const { conclusion, title, summary } = decision;
  const named = pulls.length === 1 ? title : `#${decision.pull.number}: ${title}`;
  return { pulls, conclusion, title: named, summary };
}

async function decideGroup(
  host: Host,
  { number, commit }: { readonly number: number; readonly commit: string },
): Promise<Gated> {
  const pull = await host.forge.getPull(number);
  if (pull.state !== 'open' || pull.base !== 'main') {
    const text = `#${number} is ${pull.state} and goes to ${pull.base}: a merge queue takes open ones to main.`;
    return held([number], 'It is not what a merge queue takes', [{ kind: 'paragraph', text }]);
  }
  const { conclusion, title, summary } = await decidePull(host, pull);
  if (conclusion === 'failure') return { pulls: [number], conclusion, title, summary };
  const beyond = await findUnapproved(host, { pull, commit });
  if (beyond.length === 0) return { pulls: [number], conclusion, title, summary };
  return held([number], `The group would move more than #${number} does`, [
    { kind: 'paragraph', text: `Not as #${number} has it, and so not approved with it:` },
    { kind: 'list', items: beyond.map(path => [{ text: path, code: true }]) },
    { kind: 'paragraph', text: 'Queue it again when those before it are merged.' },
  ]);
}

function held(pulls: readonly number[], title: string, blocks: readonly Block[]): Gated {
  return { pulls, conclusion: 'failure', title, summary: renderMarkdown(blocks) };
}
