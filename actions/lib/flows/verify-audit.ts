// Is the record whole? The chains, the branch that is only appended to, the tags and the bytes of every move are held
// against each other, from git alone.
import { type AuditRecord, readAuditRecord } from '#lib/audit/record.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { digestBytes, digestValue } from '#lib/documents/canonical.ts';
import { type Host, openHost } from '#lib/flows/host.ts';
import { findMovedBack, readState, readWitness, type State } from '#lib/flows/state.ts';
import { findLostVersions } from '#lib/flows/tag-versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Change, Repository } from '#lib/git/repository.ts';
import { readVersionRecord } from '#lib/registry/version-record.ts';

export interface AuditReport {
  /** Per model how many records its chain has. */
  readonly chains: Readonly<Record<string, number>>;
  readonly commits: number;
  /** `path: what is wrong`; empty = the record is whole. */
  readonly problems: readonly string[];
}

/** Verifies the chains, that the branch was only appended to, and that every record of a version is the released one. */
export async function verifyAudit({ directory }: { readonly directory: string }): Promise<AuditReport> {
  const host = await openHost(await openWorkspace(directory));
  const witness = await readWitness(host.repository);
  const state = await readState(host.repository);
  const models = modelsOf(state, 'audit');
  const problems: string[] = [];
  const chains: Record<string, number> = {};
  for (const model of models) {
    const files = await state.readAll(`audit/${model}/`);
    chains[model] = files.length;
    problems.push(...verifyChain(files).map(({ path, message }) => `${path}: ${message}`));
    problems.push(...(await verifyReleases(state, model, files)));
  }
  problems.push(...(await findLostVersions(host, state)).map(({ says }) => says));
  for (const model of modelsOf(state, 'models').filter(name => !models.includes(name))) {
    problems.push(`models/${model}: there are versions, but no audit record`);
  }
  const history = await verifyHistory(host, state, witness);
  return { chains, commits: history.commits, problems: [...problems, ...history.problems] };
}

function modelsOf(state: State, folder: string): readonly string[] {
  return [...new Set(state.list(`${folder}/`).flatMap(path => path.split('/')[1] ?? []))];
}

/** What the chain says was released is what the registry has, and nothing else is. */
async function verifyReleases(
  state: State,
  model: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<readonly string[]> {
  const released = new Map<string, AuditRecord>();
  for (const { path, text } of files) {
    try {
      const record = readAuditRecord(text, path);
      if (record.event === 'release' && record.version) released.set(record.version, record);
    } catch {
      // verifyChain has told.
    }
  }
  const problems: string[] = [];
  for (const { path, text } of await state.readAll(`models/${model}/versions/`)) {
    const version =
      path
        .split('/')
        .at(-1)
        ?.replace(/\.yaml$/u, '') ?? '';
    const event = released.get(version);
    released.delete(version);
    if (!event) problems.push(`${path}: no release is on record`);
    else if (!isReleased(text, path, event)) problems.push(`${path}: it is not what was released`);
    else problems.push(...(await verifyEvidence(state, event)));
  }
  return [...problems, ...[...released.keys()].map(version => `${model} ${version}: its record is gone`)];
}

/** The evidence of a release is the very file that was written with it. */
async function verifyEvidence(state: State, { details }: AuditRecord): Promise<readonly string[]> {
  const path = `evidence/${String(details.evidence).replace(/^sha256:/u, '')}.json`;
  const text = await state.read(path);
  if (text === undefined) return [`${path}: it is gone`];
  return digestBytes(text) === details.evidenceFile ? [] : [`${path}: it is not what was written`];
}

function isReleased(text: string, path: string, { details, commit }: AuditRecord): boolean {
  try {
    const { spec } = readVersionRecord(text, path);
    const found = [spec.artifact.sha256, spec.evaluation.evidence, spec.source.commit];
    return digestValue(found) === digestValue([details.model, details.evidence, commit]);
  } catch {
    return false;
  }
}

/** The branch has one line of commits, and none of them changed or removed what must stay. */
async function verifyHistory(
  { repository }: Host,
  state: State,
  witness: string | undefined,
): Promise<{ readonly commits: number; readonly problems: readonly string[] }> {
  const back = await findMovedBack(repository, state.commit, witness);
  const problems =
    back === undefined ? [] : [`${back.slice(0, 7)}: the state branch was moved back behind it`];
  if (state.commit === undefined) return { commits: 0, problems };
  if (repository.isShallow) problems.push('the history is cut off here: this is a shallow clone');
  const commits = await repository.history(state.commit);
  for (const { id, parents } of commits) {
    if (parents.length > 1) problems.push(`${id.slice(0, 7)}: the state branch holds a merge`);
    const [parent] = parents;
    if (parent === undefined) continue;
    const changes = await repository.changes(parent, id);
    for (const { path, previousPath, status } of changes) {
      const touched = status === 'added' ? [] : [previousPath ?? path];
      const kept = touched.filter(one => /^(audit|evidence|models)\//u.test(one));
      problems.push(...kept.map(one => `${one}: ${status} by ${id.slice(0, 7)}, what is written stays`));
    }
    problems.push(...(await verifyMoves(repository, id, changes)));
  }
  return { commits: commits.length, problems };
}

/** Progress changes only together with a record of what moved it, which holds its digest. */
async function verifyMoves(
  repository: Repository,
  commit: string,
  changes: readonly Change[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { path } of changes.filter(one => one.path.startsWith('rollout/'))) {
    const model = path.split('/')[1] ?? '';
    const records = changes.filter(one => one.status === 'added' && one.path.startsWith(`audit/${model}/`));
    const [progress, ...events] = await Promise.all([path, ...records.map(one => one.path)].map(readAt));
    if (events.some(text => text !== undefined && recordsProgress(text, progress))) continue;
    problems.push(`${path}: changed by ${commit.slice(0, 7)} without a record of who moved it`);
  }
  return problems;

  async function readAt(path: string): Promise<string | undefined> {
    const bytes = await repository.readFile(commit, path);
    return bytes && Buffer.from(bytes).toString();
  }
}

function recordsProgress(text: string, progress: string | undefined): boolean {
  try {
    const { details } = readAuditRecord(text, 'the record');
    return progress !== undefined && details.progress === digestBytes(progress);
  } catch {
    return false;
  }
}
