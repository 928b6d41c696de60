// Everything that was verified, told on the pull requests with that head; and one check over all models, which a ruleset can
// require whatever models there are. Which models needed a proposal, git says: leaving one out is no way around its gates.
import { join } from 'node:path';
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { listFolders } from '#lib/flows/ci/verify-all.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import { type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { listModelsAt } from '#lib/flows/model-at.ts';
import { readModelInputs } from '#lib/flows/propose.ts';
import { type Reported, report } from '#lib/flows/report.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { affectedModels, type ModelInputs } from '#lib/registry/affected.ts';
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

/** Tells all of it; whatever happens, the check says so. */
export async function reportAll(options: ReportAllOptions): Promise<ReportedAll> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  try {
    return await tellAll(host, workspace, options);
  } catch (error) {
    const why = error instanceof ConfigurationError ? describeProblem(error) : 'It failed; its log says why.';
    await setCheck(host, options, { reported: [], problems: [why], notes: [] });
    throw error;
  }
}

async function tellAll(host: Host, workspace: Workspace, options: ReportAllOptions): Promise<ReportedAll> {
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
    ...reported
      .filter(({ standing }) => standing === 'does not stand')
      .map(({ model }) => `${model} does not stand.`),
    ...reported.flatMap(({ problem }) => problem ?? []),
    ...('why' in needed ? [needed.why] : needed.models.filter(model => !told.has(model)).map(missing)),
  ];
  const notes = 'why' in needed ? [] : needed.deleted.map(model => `${model} is taken away.`);
  await setCheck(host, options, { reported, problems: all, notes });
  return { reported, problems: all };
}

function missing(model: string): string {
  return `${model} is changed, and nothing was verified of it: look at the runs of the workflows propose and verify.`;
}

interface Needed {
  readonly models: readonly string[];
  /** Models of the default branch that the commit does not have any more. */
  readonly deleted: readonly string[];
}

/** The models that the commit brings or touches, or why that cannot be told; by trees, since its files are a stranger's. */
async function findNeeded(
  host: Host,
  workspace: Workspace,
  head: string,
): Promise<Needed | { readonly why: string }> {
  const { repository } = host;
  await repository.bring([head]);
  const main = await resolveMain(host);
  const base = (await repository.resolve(head)) && (await repository.mergeBase(main, head));
  if (!base) return { why: `What ${head.slice(0, 7)} changes could not be read.` };
  const changes = await repository.changes(base, head);
  const paths = changes.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  const [before, now] = [await listModelsAt(host, main), await listModelsAt(host, head)];
  const changed = await changedModels(
    workspace,
    now.filter(name => before.includes(name)),
    paths,
  );
  // What came to main after the branch was cut is missing there, and not taken away.
  const there = await listModelsAt(host, base);
  return {
    models: [...changed, ...now.filter(name => !before.includes(name))],
    deleted: there.filter(name => !now.includes(name)),
  };
}

/** A model of main whose files nobody can read is changed where its own folder is: that is how it is mended. */
async function changedModels(
  workspace: Workspace,
  names: readonly string[],
  paths: readonly string[],
): Promise<readonly string[]> {
  const inputs: ModelInputs[] = [];
  for (const name of names) {
    try {
      inputs.push(await readModelInputs(workspace, name));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      inputs.push({ name, paths: [`models/${name}`] });
    }
  }
  return affectedModels(inputs, paths);
}

interface Outcome extends ReportedAll {
  /** What is worth knowing and blocks nothing. */
  readonly notes: readonly string[];
}

async function setCheck(
  { forge }: Host,
  { head, runUrl }: ReportAllOptions,
  { reported, problems, notes }: Outcome,
): Promise<void> {
  const open = reported.filter(({ standing }) => standing === 'cannot be judged').map(({ model }) => model);
  const conclusion = problems.length > 0 ? 'failure' : open.length > 0 ? 'neutral' : 'success';
  const names = reported.map(({ model }) => model).join(', ');
  const title = {
    failure: 'Not all of it stands',
    neutral: `New, so nothing on main can judge it: ${open.join(', ')}`,
    success: names === '' ? 'No model is affected' : `Stands: ${names}`,
  }[conclusion];
  const notice = { failure: 'fail', neutral: 'warning', success: 'pass' } as const;
  const items = [...problems, ...notes];
  const blocks: readonly Block[] = [
    { kind: 'notice', notice: notice[conclusion], text: title },
    ...(items.length > 0 ? [{ kind: 'list', items } as const] : []),
  ];
  await forge.upsertCheck({
    ...{ name: PROPOSALS_CHECK, commit: head, conclusion },
    ...{ title: title.slice(0, 255), summary: renderMarkdown(blocks), detailsUrl: runUrl },
  });
}
