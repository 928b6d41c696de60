// report: what was found out about a proposal, told on its pull request: one comment per model, updated in place, and one
// check. Which pull request that is, the forge says by the commit; nothing inside a folder is asked for it.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestValue } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument, unreadable } from '#lib/documents/read.ts';
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { findOutput } from '#lib/flows/champion.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import type { Host } from '#lib/flows/host.ts';
import { readProposalFolder } from '#lib/flows/proposal-folder.ts';
import type { Pull } from '#lib/forge/forge.ts';
import { modelSchema } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { modelPath } from '#lib/registry/read.ts';
import { type Verification, verificationSchema } from '#lib/registry/verification.ts';
import { filesToLocate, linesOf } from '#lib/reports/comment/annotations.ts';
import { renderCheck } from '#lib/reports/comment/check.ts';
import { markerOf, renderComment, renderSummary } from '#lib/reports/comment/comment.ts';
import { readHistory } from '#lib/reports/comment/history.ts';
import { type CommentInput, type Standing, standingOf } from '#lib/reports/comment/input.ts';
import { readTicked } from '#lib/reports/markdown-tasks.ts';

const VERIFICATION_FILE = 'verification.json';
const MAX_VERIFICATION_BYTES = 20_000_000;

export interface ReportOptions {
  /** The folder with proposal.json, and the one with verification.json. */
  readonly proposal: string;
  readonly verification: string;
  /** The commit that was verified, from the event and never from a folder. */
  readonly head: string;
  readonly runUrl?: string | undefined;
}

export interface Reported {
  readonly model: string;
  /** `cannot be judged`: the default branch has no such model; one that it has and could not judge does not stand. */
  readonly standing: Standing;
  /** Why it does not stand although its gates pass; in words. */
  readonly problem: string | undefined;
  /** Where it was told; none when no open pull request has this head any more. */
  readonly pulls: readonly Pull[];
  /** Markdown for the page of the job. */
  readonly summary: string;
}

/**
 * Reports one model.
 * @throws ConfigurationError when the two folders do not belong together, or are of another commit.
 */
export async function report(
  host: Pick<Host, 'forge' | 'repository'>,
  options: ReportOptions,
): Promise<Reported> {
  const { proposal } = await readProposalFolder(options.proposal);
  const verification = await readVerification(options.verification);
  const { name } = proposal.model.metadata;
  requireSame('commit', { expected: options.head, found: verification.head });
  requireSame('model', { expected: verification.model, found: name });
  const problem = await findForeign(host, { proposal, verification });
  const pulls = (await host.forge.pullsWithHead(options.head)).filter(({ state }) => state === 'open');
  const input: CommentInput = {
    ...{ proposal, verification, head: options.head, foreign: problem, history: [] },
    links: { run: options.runUrl },
  };
  for (const pull of pulls) await tellProposal(host, pull, input);
  const standing =
    verification.isNew || verification.state === 'rederived' ? standingOf(input) : 'does not stand';
  return { model: name, standing, problem, pulls, summary: renderSummary(input) };
}

/** Where a folder is not what the commit has: whoever runs a proposal's code may upload what he likes. */
async function findForeign(
  { repository }: Pick<Host, 'repository'>,
  { proposal, verification }: { readonly proposal: Proposal; readonly verification: Verification },
): Promise<string | undefined> {
  const { head, md5, model: name } = verification;
  await repository.bring([head]);
  const read = async (path: string): Promise<string | undefined> => {
    const bytes = await repository.readFile(head, path);
    return bytes && Buffer.from(bytes).toString();
  };
  const text = await read(modelPath(name));
  if (text === undefined) return `${name} is proposed, and the commit has no ${modelPath(name)}.`;
  try {
    const { value: model } = checkDocument(parseDocumentText(text, modelPath(name)), modelSchema);
    if (digestValue(model) !== digestValue(proposal.model)) {
      return `${name}: the proposal is of another ${modelPath(name)} than the commit has; if main changed it meanwhile, update the branch.`;
    }
    const file = `${model.spec.pipeline}/dvc.lock`;
    const lock = await read(file);
    const locked =
      lock === undefined ? undefined : findOutput(await parseLock(lock, file), model.spec.artifact.path);
    if (md5 === null || locked?.md5 === md5) return undefined;
    return `${name}: the commit's ${file} names ${locked ? 'another model' : 'no model yet'}; run npx --no mainline propose ${name} and commit what it writes, since a release takes the model that main names.`;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return `${name}: ${describeProblem(error)}`;
  }
}

/** Writes the comment, with what it said before, and the check. */
export async function tellProposal(
  { forge, repository }: Pick<Host, 'forge' | 'repository'>,
  pull: Pull,
  input: CommentInput,
): Promise<void> {
  const { name } = input.proposal.model.metadata;
  const marker = markerOf(name);
  const before = (await forge.listComments(pull.number)).find(comment => comment.marker === marker);
  const body = before?.body ?? '';
  const whole = { ...input, history: readHistory(body), ticked: readTicked(body) };
  await forge.upsertComment(pull.number, marker, renderComment(whole));
  await forge.bring(pull);
  const texts = new Map<string, string>();
  for (const path of filesToLocate(input.proposal)) {
    const bytes = await repository.readFile(pull.head, path);
    if (bytes) texts.set(path, Buffer.from(bytes).toString());
  }
  const check = renderCheck(whole, linesOf(texts));
  await forge.upsertCheck({ ...check, commit: input.head, detailsUrl: input.links.run });
}

/** @throws ConfigurationError for what is missing, too large or not of the schema. */
export async function readVerification(folder: string): Promise<Verification> {
  const file = join(folder, VERIFICATION_FILE);
  const found = await stat(file).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (!found.isFile() || found.size > MAX_VERIFICATION_BYTES) {
    throw new ConfigurationError('This is no verification', { at: { file }, remedy: 'Verify again.' });
  }
  const text = await readFile(file, 'utf8');
  return checkDocument(parseDocumentText(text, file), verificationSchema).value;
}

function requireSame(
  what: string,
  { expected, found }: { readonly expected: string; readonly found: string },
): void {
  if (expected === found) return;
  throw new ConfigurationError(`This is the report of another ${what}: ${found.slice(0, 100)}`, {
    remedy: `It was asked for ${expected.slice(0, 100)}; run the workflow again.`,
  });
}
