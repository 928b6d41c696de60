// On what grounds a rollout on main may move traffic: its versions are registered with these very bytes, and owners have
// approved it, now or before. Nothing is believed that can be derived here.
import { type AuditEntry, readAuditRecord } from '#lib/audit/record.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { gatherApproval } from '#lib/flows/approval.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import type { EnvironmentState } from '#lib/flows/environments.ts';
import type { Host } from '#lib/flows/host.ts';
import { readState, type State } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import type { Pull } from '#lib/forge/forge.ts';
import { type Intent, rolloutPath } from '#lib/rollout/intent.ts';
import { wasLive } from '#lib/rollout/traffic.ts';

/** Why it may move traffic, or why not. */
export type Grounds =
  | { readonly why: string; readonly details: AuditEntry['details'] }
  | { readonly refused: string };

/** Looks for them: registered bytes, and an approval now or before. */
export async function findGrounds(
  host: Host,
  { model, environment, progress }: EnvironmentState,
  { intent, main }: { readonly intent: Intent; readonly main: string },
): Promise<Grounds> {
  const { version, revisions } = intent.rollout.spec;
  try {
    for (const [name, { model: digest }] of Object.entries(revisions)) {
      await requireRecorded(host, { model, environment, version: name, digest });
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { refused: describeProblem(error) };
  }
  if (progress && wasLive(intent, progress, version)) {
    return { why: `${version} was approved and fully live here before`, details: { approval: 'before' } };
  }
  if (await wasAccepted(await readState(host.repository), { model, environment }, intent)) {
    return { why: 'this very rollout was approved and accepted before', details: { approval: 'before' } };
  }
  return requireApproval(host, main, rolloutPath(model, environment));
}

/** Reverting the revert of a promotion brings back what owners have approved already; its plan begins anew. */
async function wasAccepted(
  state: State,
  { model, environment }: { readonly model: string; readonly environment: string },
  { digest }: Intent,
): Promise<boolean> {
  return (await state.readAll(`audit/${model}/`)).some(({ path, text }) => {
    const { event, environment: where, details } = readAuditRecord(text, path);
    return event === 'rollout' && where === environment && details.of === digest;
  });
}

/** @throws ConfigurationError when the registry knows no such version, or other bytes, or the store lacks them. */
async function requireRecorded(
  { repository, store }: Host,
  {
    model,
    environment,
    version,
    digest,
  }: Readonly<Record<'model' | 'environment' | 'version' | 'digest', string>>,
): Promise<void> {
  const file = rolloutPath(model, environment);
  const { spec } = await readVersion(await readState(repository), model, version);
  const recorded = spec.artifact.sha256;
  if (recorded !== digest) {
    throw new ConfigurationError(`${version} is ${recorded} in the registry, not ${digest}`, {
      at: { file },
      remedy: `Let mainline promote ${model} ${version} --to ${environment} write the revisions.`,
    });
  }
  if ((await store.read(digest)) !== undefined) return;
  throw new ConfigurationError(`The bytes of ${model} ${version} are not in the store`, {
    at: { file },
    remedy: `If main still has this model, mainline release keeps them again; else copy ${digest} from another store.`,
  });
}

/** The approval of a pull request that brought this file to main. */
async function requireApproval(host: Host, main: string, file: string): Promise<Grounds> {
  const [last] = await host.repository.history(main, { paths: [file], firstParent: true, limit: 1 });
  const pulls = last ? await host.forge.pullsOfCommit(last.id) : [];
  const refusals: string[] = [];
  for (const pull of pulls) {
    const grounds = await judgePull(host, { pull, main, file });
    if (!('refused' in grounds)) return grounds;
    refusals.push(grounds.refused);
  }
  const commit = last ? last.id.slice(0, 7) : 'main';
  const none = `${file} came to main by ${commit}, which is of no pull request: nobody approved it`;
  return { refused: refusals.length > 0 ? refusals.join('; ') : none };
}

async function judgePull(
  host: Host,
  { pull, main, file }: { readonly pull: Pull; readonly main: string; readonly file: string },
): Promise<Grounds> {
  const { forge, repository } = host;
  await forge.bring(pull);
  const blobs = await Promise.all([main, pull.head].map(commit => repository.readFile(commit, file)));
  if (!blobs[0] || !blobs[1] || Buffer.compare(blobs[0], blobs[1]) !== 0) {
    return { refused: `${file} on main is not what pull request #${pull.number} had` };
  }
  const { decision, subject } = await gatherApproval(host, pull);
  if (!decision.approved) {
    return { refused: `pull request #${pull.number} was not approved: ${decision.reasons.join(' ')}` };
  }
  if (!decision.paths.some(({ path }) => path === file)) {
    return { refused: `pull request #${pull.number} was approved, but not for ${file}` };
  }
  const approvers = [...new Set(decision.paths.flatMap(path => path.approvers.map(({ login }) => login)))];
  return {
    why: `approved by ${approvers.join(', ')} in pull request #${pull.number}`,
    details: { pull: pull.number, approvers, subject, bypassed: pull.merged?.bypassed ?? null },
  };
}
