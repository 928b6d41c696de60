// doctor: what a repository and its forge have to be set to, so that main means what production runs. It only reads. What
// it may not read is "not verified", which is no "ok".
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CODEOWNERS_PATHS, ownersOf, parseCodeowners } from '#lib/approval/codeowners.ts';
import { readText } from '#lib/documents/read.ts';
import { errorMessage } from '#lib/errors.ts';
import { PROPOSALS_CHECK } from '#lib/flows/ci/report-all.ts';
import { GATE_CHECK } from '#lib/flows/promote-gate.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import type { Unreadable } from '#lib/forge/forge.ts';
import type { ForgeSettings, Protection } from '#lib/forge/settings.ts';
import { findGitVersion } from '#lib/git/command.ts';
import { listModels, readModel } from '#lib/registry/read.ts';
import { rolloutPath } from '#lib/rollout/intent.ts';

export interface Finding {
  readonly what: string;
  readonly outcome: 'ok' | 'missing' | 'not verified';
  /** What was found, or why it could not be read. */
  readonly found: string;
  /** What to do; null where nothing is. */
  readonly remedy: string | null;
}

/** The oldest git that merges without a work tree. */
const OLDEST_GIT = [2, 38] as const;

export interface DoctorOptions {
  readonly directory: string;
  /** Undefined where there is no forge, or nothing to ask it with. */
  readonly settings: ForgeSettings | undefined;
}

/** Everything that was looked at, in the order in which it matters. */
export async function doctor({ directory, settings }: DoctorOptions): Promise<readonly Finding[]> {
  const workspace = await openWorkspace(directory);
  return [
    ...(await checkMachine()),
    ...(await checkModels(workspace)),
    ...(await checkOwners(workspace)),
    ...(settings ? await checkForge(settings) : [noForge]),
  ];
}

const noForge: Finding = {
  what: 'the forge',
  outcome: 'not verified',
  found: 'no repository and token to ask it with',
  remedy: 'Set GITHUB_REPOSITORY=owner/name and GITHUB_TOKEN, then run it again.',
};

async function checkMachine(): Promise<readonly Finding[]> {
  const version = await findGitVersion();
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const isEnough = major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1]);
  return [
    {
      what: 'git',
      outcome: isEnough ? 'ok' : 'missing',
      found: version ?? 'not installed',
      remedy: isEnough ? null : `Install git ${OLDEST_GIT.join('.')} or newer.`,
    },
  ];
}

async function checkModels({ root }: Workspace): Promise<readonly Finding[]> {
  const names = await listModels(root);
  const findings: Finding[] = [];
  for (const name of names) {
    try {
      await readModel(root, name, vocabulary);
    } catch (error) {
      const [found = ''] = errorMessage(error).split('\n');
      findings.push({ what: `model ${name}`, outcome: 'missing', found, remedy: 'Mend models/ as it says.' });
    }
  }
  if (findings.length > 0) return findings;
  const found = names.length > 0 ? names.join(', ') : 'none';
  return [{ what: 'models', outcome: 'ok', found, remedy: null }];
}

/** Rollout files without an owner could be approved by nobody, or move by anybody. */
async function checkOwners({ root }: Workspace): Promise<readonly Finding[]> {
  const path = CODEOWNERS_PATHS.find(one => existsSync(join(root, one)));
  if (path === undefined) {
    const remedy = 'Write .github/CODEOWNERS: who owns models/, pipelines/, data/ and .github/ itself.';
    return [{ what: 'CODEOWNERS', outcome: 'missing', found: 'there is none', remedy }];
  }
  const codeowners = parseCodeowners(await readText(join(root, path)));
  const models = (await listModels(root)).map(name => rolloutPath(name, 'production'));
  const wanted = [...models, `${path}`, '.github/workflows/release.yml'];
  const unowned = wanted.filter(one => (ownersOf(codeowners, one)?.owners ?? []).length === 0);
  return [
    {
      what: 'CODEOWNERS',
      outcome: unowned.length === 0 ? 'ok' : 'missing',
      found: unowned.length === 0 ? path : `nobody owns ${unowned.join(', ')}`,
      remedy: unowned.length === 0 ? null : 'Add a line for each; the last matching one decides.',
    },
  ];
}

const isUnreadable = (answer: unknown): answer is Unreadable =>
  typeof answer === 'object' && answer !== null && 'unreadable' in answer;

async function checkForge(settings: ForgeSettings): Promise<readonly Finding[]> {
  const main = await settings.protectionOf('main');
  const state = await settings.protectionOf('mainline/state');
  const tags = await settings.protectionOfTags('*@v*');
  const mistakes = await settings.codeownersMistakes();
  const token = await settings.tokenDefault();
  const methods = await settings.mergeMethods();
  return [
    judge('main takes pull requests that code owners approved', main, ({ review }) =>
      review?.codeOwners
        ? null
        : 'Add a ruleset for main: require a pull request and a review from code owners.',
    ),
    judge('an approval of main counts only for what it saw', main, ({ review }) =>
      review?.dismissesStale && review.lastPush
        ? null
        : 'Dismiss stale approvals on push, and require approval of the last push.',
    ),
    ...[GATE_CHECK, PROPOSALS_CHECK].map(check =>
      judge(`main requires the check ${check}`, main, ({ checks }) =>
        checks.includes(check) ? null : `Add ${check} to the required checks of main.`,
      ),
    ),
    judge('main cannot be moved back', main, staysPut('main')),
    judge('mainline/state is only appended to', state, staysPut('mainline/state')),
    judge('tags of versions stay', tags, staysPut('the tags *@v*')),
    judge('CODEOWNERS as the forge reads it', mistakes, found =>
      found === undefined
        ? 'The forge sees no CODEOWNERS on the default branch.'
        : found.length === 0
          ? null
          : found.map(({ line, message }) => `line ${line}: ${message}`).join('; '),
    ),
    judge('tokens of workflows only read, where a workflow does not say', token, ({ writes, approves }) =>
      writes || approves
        ? 'Set the default permissions of workflows to read, and let them approve nothing.'
        : null,
    ),
    judge('merge methods', methods, found => (found.length > 0 ? null : 'Allow one way to merge.')),
  ];
}

const staysPut =
  (name: string) =>
  ({ forbidsForcePush, forbidsDeletion }: Protection): string | null =>
    forbidsForcePush && forbidsDeletion ? null : `Add a ruleset for ${name}: no force-push, no deletion.`;

function judge<Answer>(
  what: string,
  answer: Answer | Unreadable,
  missing: (answer: Answer) => string | null,
): Finding {
  if (isUnreadable(answer)) {
    const remedy = 'Run it with a token that may read this, or look at the settings yourself.';
    return { what, outcome: 'not verified', found: answer.unreadable, remedy };
  }
  const remedy = missing(answer);
  return { what, outcome: remedy === null ? 'ok' : 'missing', found: remedy === null ? 'yes' : 'no', remedy };
}
