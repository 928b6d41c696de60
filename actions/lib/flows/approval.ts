// Gathers what a decision on approval rests on: base's CODEOWNERS, people, reviews, authors, and the subject at every
// commit that was reviewed. The decision itself is pure code; this only asks git and the forge.

import { CODEOWNERS_PATHS, ownersOf, parseCodeowners } from '#lib/approval/codeowners.ts';
import { decideApproval } from '#lib/approval/decide.ts';
import type { ApprovalDecision } from '#lib/approval/decision.ts';
import type { ApprovalRequest } from '#lib/approval/request.ts';
import { digestSubject, type SubjectPromotion } from '#lib/approval/subject.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { liveVersion, readEnvironment } from '#lib/flows/environments.ts';
import type { Host } from '#lib/flows/host.ts';
import { resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { readState, type State } from '#lib/flows/state.ts';
import { listVersions } from '#lib/flows/versions.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Change, Commit } from '#lib/git/repository.ts';
import { readRollout } from '#lib/rollout/intent.ts';

export interface Approval {
  readonly decision: ApprovalDecision;
  /** Digest of what the head would bring to main. */
  readonly subject: string;
}

/** Decides about a pull request as it stands now, or as it stood when it was merged. */
export async function gatherApproval(host: Host, pull: Pull): Promise<Approval> {
  const { forge, repository } = host;
  const { items: reviews, isComplete: reviewsComplete } = await forge.listReviews(pull.number);
  const reviewed = [...new Set(reviews.flatMap(({ commit }) => commit ?? []))];
  await forge.bring(pull, reviewed);
  const state = await readState(repository);
  const main = pull.merged?.base ?? (await resolveMain(host));
  const { items: files, isComplete: filesComplete } = await forge.changedFiles(pull);
  const codeowners = await readCodeowners(host, pull, main);
  const users = [pull.author, ...reviews.map(({ user }) => user)].flatMap(login => login ?? []);
  const teams = teamsFor(codeowners, files);
  const people = await forge.people({ teams, users: [...new Set(users)] });
  const subjects = await Promise.all(
    [pull.head, ...reviewed.filter(commit => commit !== pull.head)].map(
      async commit => [commit, await subjectAt(host, state, { main, commit })] as const,
    ),
  );
  const subject = subjects[0]?.[1] ?? '';
  const decision = decideApproval({
    ...{ codeowners, ...people, files, filesComplete, reviews, reviewsComplete },
    author: { login: pull.author, type: pull.authorType },
    contributors: await findContributors(host, state, { pull, files }),
    lastPusher: await forge.lastPusher(pull),
    head: pull.head,
    subject,
    subjectAt: Object.fromEntries(subjects.filter(([, digest]) => digest !== '')),
    requireOwner: 'owned paths',
  });
  return { decision, subject };
}

/** The file of main as it stood; whatever goes elsewhere has no owners who could decide over main. */
async function readCodeowners(
  { repository }: Host,
  { base }: Pull,
  main: string,
): Promise<ApprovalRequest['codeowners']> {
  if (base !== 'main') return { unreadable: `it goes to ${base}, and only owners on main decide` };
  for (const path of CODEOWNERS_PATHS) {
    const bytes = await repository.readFile(main, path);
    if (bytes) return Buffer.from(bytes).toString();
  }
  return undefined;
}

/** The teams that the lines for these files name; nobody else's members matter. */
function teamsFor(text: ApprovalRequest['codeowners'], files: readonly Change[]): readonly string[] {
  if (typeof text !== 'string') return [];
  const codeowners = parseCodeowners(text);
  const paths = files.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  const owners = paths.flatMap(path => ownersOf(codeowners, path)?.owners ?? []);
  return [...new Set(owners.filter(owner => /^@[^/]+\/./u.test(owner)).map(owner => owner.slice(1)))];
}

/** The digest of what a commit would bring to main; '' for a commit that is gone. */
async function subjectAt(
  { repository }: Host,
  state: State,
  { main, commit }: { readonly main: string; readonly commit: string },
): Promise<string> {
  const base = (await repository.resolve(commit)) && (await repository.mergeBase(main, commit));
  if (!base) return '';
  const changes = await repository.changes(base, commit);
  const blobs = new Map(
    (await repository.listFiles(commit, '')).map(({ path, id, mode }) => [path, `${mode} ${id}`]),
  );
  const paths = changes.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  const promotions: SubjectPromotion[] = [];
  for (const place of placesOf(paths)) {
    const promotion = await readPromotion({ repository }, state, { commit, ...place });
    if (promotion) promotions.push(promotion);
  }
  return digestSubject({ files: paths.map(path => ({ path, blob: blobs.get(path) ?? null })), promotions });
}

interface Place {
  readonly model: string;
  readonly environment: string;
  readonly file: string;
}

/** The environments whose rollout files are among some paths. */
export function placesOf(paths: readonly string[]): readonly Place[] {
  return paths.flatMap(file => {
    const found = /^models\/([^/]+)\/rollout\/([^/]+)\.yaml$/u.exec(file);
    return found?.[1] && found[2] ? [{ model: found[1], environment: found[2], file }] : [];
  });
}

/** What a rollout file promotes; undefined where it is gone or cannot be read (its blob still counts). */
async function readPromotion(
  { repository }: Pick<Host, 'repository'>,
  state: State,
  { commit, model, environment, file }: Place & { readonly commit: string },
): Promise<SubjectPromotion | undefined> {
  const bytes = await repository.readFile(commit, file);
  if (!bytes) return undefined;
  try {
    const { spec } = readRollout(Buffer.from(bytes).toString(), { file, model, environment }).rollout;
    const { version } = spec;
    const records = await listVersions(state, model);
    const record = records.find(({ metadata }) => metadata.version === version);
    return {
      ...{ model, version, environment },
      artifact: spec.revisions[version]?.model ?? '',
      evidence: record?.spec.evaluation.evidence ?? '',
    };
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/**
 * Authors and co-authors of the pull request, and for a promotion of everything that went into the model since the
 * version that is live there.
 */
async function findContributors(
  host: Host,
  state: State,
  { pull, files }: { readonly pull: Pull; readonly files: readonly Change[] },
): Promise<ApprovalRequest['contributors']> {
  const { forge } = host;
  const commits: Commit[] = [...(await forge.commits(pull))];
  for (const place of placesOf(files.map(({ path }) => path))) {
    commits.push(...(await commitsSinceLive(host, state, { pull, ...place })));
  }
  return forge.authorsOf(commits);
}

async function commitsSinceLive(
  { repository }: Host,
  state: State,
  { pull, model, environment, file }: Place & { readonly pull: Pull },
): Promise<readonly Commit[]> {
  const promotion = await readPromotion({ repository }, state, {
    commit: pull.head,
    model,
    environment,
    file,
  });
  const records = await listVersions(state, model);
  const promoted = records.find(({ metadata }) => metadata.version === promotion?.version);
  if (!promoted) return [];
  const main = pull.merged?.base ?? pull.head;
  const live = liveVersion(await readEnvironment({ repository }, { main, state }, { model, environment }));
  const from = records.find(({ metadata }) => metadata.version === live)?.spec.source.commit;
  const data = promoted.spec.lineage.data.map(({ path }) => path);
  const source = promoted.spec.source.commit;
  const { spec } = await readModelAt({ repository }, source, model);
  const paths = [`models/${model}`, spec.pipeline, ...data];
  return repository.history(source, { paths, ...(from === undefined ? {} : { from }) });
}
