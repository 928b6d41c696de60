// doctor: what a repository and its forge have to be set to, so that main means what production runs. It only reads. What
// it may not read is "not verified", which is no "ok".
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CODEOWNERS_PATHS, type Codeowners, ownersOf, parseCodeowners } from '#lib/approval/codeowners.ts';
import { readText } from '#lib/documents/read.ts';
import { errorMessage } from '#lib/errors.ts';
import { checkForge, type Finding } from '#lib/flows/doctor-forge.ts';
import { findOtherMain, MAIN_REMEDY } from '#lib/flows/main-branch.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import type { ForgeSettings } from '#lib/forge/settings.ts';
import { findGitVersion } from '#lib/git/command.ts';
import { listModels, readModel } from '#lib/registry/read.ts';
import { rolloutPath } from '#lib/rollout/intent.ts';

/** The oldest git that merges without a work tree. */
const OLDEST_GIT = [2, 38] as const;

export interface DoctorOptions {
  readonly directory: string;
  /** Undefined where there is no forge, or nothing to ask it with. */
  readonly settings: ForgeSettings | undefined;
}

/** What is found, in the order in which it matters; this machine first, since the forge may let one wait. */
export async function* doctor({ directory, settings }: DoctorOptions): AsyncGenerator<Finding> {
  const workspace = await openWorkspace(directory);
  yield await checkGit();
  if (workspace.git) yield await checkMain(workspace.root);
  yield* await checkModels(workspace);
  const owners = await readOwners(workspace);
  yield await checkOwners(workspace, owners);
  yield* checkForge(settings, teamsOf(owners?.codeowners));
}

const found = (what: string, seen: string): Finding => ({
  ...{ what, outcome: 'ok', found: seen, remedy: null, things: 1 },
});

const missing = (what: string, seen: string, remedy: string): Finding => ({
  ...{ what, outcome: 'missing', found: seen, remedy, things: 1 },
});

async function checkGit(): Promise<Finding> {
  const version = await findGitVersion();
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const isEnough = major > OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor >= OLDEST_GIT[1]);
  const seen = version ?? 'not installed';
  return isEnough
    ? found('git', seen)
    : missing('git', seen, `Install git ${OLDEST_GIT.join('.')} or newer.`);
}

async function checkMain(root: string): Promise<Finding> {
  const what = 'the branch main';
  const other = await findOtherMain(root);
  return other === undefined
    ? found(what, 'it is there')
    : missing(what, `${other} stands in its place`, MAIN_REMEDY);
}

async function checkModels({ root }: Workspace): Promise<readonly Finding[]> {
  const names = await listModels(root);
  const findings: Finding[] = [];
  for (const name of names) {
    try {
      await readModel(root, name, vocabulary);
    } catch (error) {
      const [seen = ''] = errorMessage(error).split('\n');
      findings.push(missing(`model ${name}`, seen, 'Mend models/ as it says.'));
    }
  }
  return findings.length > 0 ? findings : [found('models', names.join(', ') || 'none')];
}

interface Owners {
  readonly path: string;
  readonly codeowners: Codeowners;
}

async function readOwners({ root }: Workspace): Promise<Owners | undefined> {
  const path = CODEOWNERS_PATHS.find(one => existsSync(join(root, one)));
  return path && { path, codeowners: parseCodeowners(await readText(join(root, path))) };
}

/** Rollout files without an owner could be approved by nobody, or move by anybody. */
async function checkOwners({ root }: Workspace, owners: Owners | undefined): Promise<Finding> {
  const what = 'CODEOWNERS';
  if (owners === undefined) {
    const remedy = 'Write .github/CODEOWNERS: who owns models/, pipelines/, data/ and .github/ itself.';
    return missing(what, 'there is none', remedy);
  }
  const { path, codeowners } = owners;
  const models = (await listModels(root)).map(name => rolloutPath(name, 'production'));
  const wanted = [...models, path, '.github/workflows/release.yml'];
  const unowned = wanted.filter(one => (ownersOf(codeowners, one)?.owners ?? []).length === 0);
  if (unowned.length === 0) return found(what, path);
  const remedy = 'Add a line for each; the last matching one decides.';
  return missing(what, `nobody owns ${unowned.join(', ')}`, remedy);
}

/** `@organisation/team`, each once. */
function teamsOf(codeowners: Codeowners | undefined): readonly string[] {
  const owners = (codeowners?.rules ?? []).flatMap(rule => rule.owners);
  return [...new Set(owners.filter(owner => /^@[^/]+\/.+$/u.test(owner)))];
}
