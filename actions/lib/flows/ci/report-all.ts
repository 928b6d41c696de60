// Everything that was verified, told on the pull requests with that head; and one check over all models, which a ruleset can
// require whatever models there are. Which models needed a proposal, git says: leaving one out is no way around its gates.
import { join } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { listFolders } from '#lib/flows/ci/verify-all.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import { type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { affectedBy } from '#lib/flows/propose.ts';
import { type Reported, report } from '#lib/flows/report.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

export const PROPOSALS_CHECK = 'mainline/proposals';

export interface ReportAllOptions {
  /** The default branch's checkout. */
  readonly directory: string;
  /** The folder with one folder per model, as `verifyAll` leaves it. */
  readonly verified: string;
  /** The commit that was proposed, from the event. */
  readonly head: string;
  readonly access?: ForgeAccess | undefined;
  readonly runUrl: string;
}

export interface ReportedAll {
  readonly reported: readonly Reported[];
  /** In words; a check that is green has none. */
  readonly problems: readonly string[];
}

/** Tells all of it. */
export async function reportAll(options: ReportAllOptions): Promise<ReportedAll> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  const reported: Reported[] = [];
  const problems: string[] = [];
  for (const name of await listFolders(options.verified)) {
    const folder = join(options.verified, name);
    try {
      reported.push(await report(host, { ...options, proposal: folder, verification: folder }));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(`${name}: ${describeProblem(error)}`);
    }
  }
  const told = new Set(reported.map(({ model }) => model));
  const needed = await findNeeded(host, workspace, options.head);
  const all = [
    ...problems,
    ...reported.filter(({ stands }) => !stands).map(({ model }) => `${model} does not stand.`),
    ...('why' in needed ? [needed.why] : needed.models.filter(model => !told.has(model)).map(missing)),
  ];
  await setCheck(host, options, { reported, problems: all });
  return { reported, problems: all };
}

function missing(model: string): string {
  return `${model} is changed, and no proposal of it came: look at the run of the workflow propose.`;
}

/** The models of the default branch that the commit touches, or why that cannot be told. */
async function findNeeded(
  host: Host,
  workspace: Workspace,
  head: string,
): Promise<{ readonly models: readonly string[] } | { readonly why: string }> {
  const { repository } = host;
  await repository.bring([head]);
  const base =
    (await repository.resolve(head)) && (await repository.mergeBase(await resolveMain(host), head));
  if (!base) return { why: `What ${head.slice(0, 7)} changes could not be read.` };
  const changes = await repository.changes(base, head);
  const paths = changes.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  return { models: await affectedBy(workspace, paths) };
}

async function setCheck(
  { forge }: Host,
  { head, runUrl }: ReportAllOptions,
  { reported, problems }: ReportedAll,
): Promise<void> {
  const passed = problems.length === 0;
  const names = reported.map(({ model }) => model).join(', ');
  const title = passed
    ? names === ''
      ? 'No model is affected'
      : `Stands: ${names}`
    : 'Not all of it stands';
  const blocks: readonly Block[] = [
    { kind: 'notice', notice: passed ? 'pass' : 'fail', text: title },
    ...(passed ? [] : [{ kind: 'list', items: problems } as const]),
  ];
  await forge.upsertCheck({
    ...{ name: PROPOSALS_CHECK, commit: head, conclusion: passed ? 'success' : 'failure' },
    ...{ title: title.slice(0, 255), summary: renderMarkdown(blocks), detailsUrl: runUrl },
  });
}
