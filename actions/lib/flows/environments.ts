// What an environment's two files say together: the intent on main and the progress in the state. Every command that
// asks "who serves here?" asks it here, by the data plane's own rule.

import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Host } from '#lib/flows/host.ts';
import { listModelsAt, readModelAt } from '#lib/flows/model-at.ts';
import type { State } from '#lib/flows/state.ts';
import { modelPath } from '#lib/registry/read.ts';
import { type Intent, readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { type Progress, progressPath, readProgress } from '#lib/rollout/progress.ts';
import { type Decision, decideTraffic } from '#lib/rollout/traffic.ts';

export interface EnvironmentState {
  readonly model: string;
  readonly environment: string;
  /** undefined = main has no rollout file for it. */
  readonly intent: Intent | undefined;
  readonly progress: Progress | undefined;
  readonly decision: Decision | undefined;
}

/**
 * Reads one environment of one model.
 * @param main the commit whose intent counts.
 * @throws ConfigurationErrors when a file is not valid.
 */
export async function readEnvironment(
  { repository }: Pick<Host, 'repository'>,
  { main, state }: { readonly main: string; readonly state: State },
  { model, environment }: { readonly model: string; readonly environment: string },
): Promise<EnvironmentState> {
  const file = rolloutPath(model, environment);
  const [entry] = await repository.listFiles(main, file);
  if (entry && (entry.path !== file || !entry.mode.startsWith('100'))) {
    throw new ConfigurationError('A link or a folder lies in the place of this file', {
      at: { file },
      remedy: 'Put the rollout itself there.',
    });
  }
  const text = entry && (await repository.readFile(main, file));
  const intent = text && readRollout(Buffer.from(text).toString(), { file, model, environment });
  const path = progressPath(model, environment);
  const written = await state.read(path);
  const progress =
    written === undefined ? undefined : readProgress(written, path, { model, environment, intent });
  return { model, environment, intent, progress, decision: intent && decideTraffic(intent, progress) };
}

/** Rollout files on main, and what lies in their place: every environment of every model, sorted by path. */
export async function listEnvironments(
  { repository }: Pick<Host, 'repository'>,
  main: string,
): Promise<readonly { readonly model: string; readonly environment: string }[]> {
  const files = await repository.listFiles(main, 'models');
  const found = files.flatMap(({ path }) => /^models\/[^/]+\/rollout\/[^/]+\.yaml(?=$|\/)/u.exec(path) ?? []);
  return [...new Set(found)].map(path => {
    const [, model = '', , file = ''] = path.split('/');
    return { model, environment: file.slice(0, -'.yaml'.length) };
  });
}

/**
 * Makes sure that an environment is one of a model's, or of any model's where none is named.
 * @throws ConfigurationError naming the nearest one.
 */
export async function requireEnvironment(
  host: Pick<Host, 'repository'>,
  main: string,
  { model, environment }: { readonly model?: string | undefined; readonly environment: string },
): Promise<void> {
  const names = model === undefined ? await listModelsAt(host, main) : [model];
  const models = await Promise.all(names.map(name => readModelAt(host, main, name)));
  const known = [...new Set(models.flatMap(({ spec }) => spec.environments))];
  if (names.length === 0 || known.includes(environment)) return;
  const near = nearestWord(environment, known);
  throw new ConfigurationError(
    `${model ?? 'No model'} has ${model ? 'no' : 'an'} environment ${environment}`,
    {
      at: model === undefined ? undefined : { file: modelPath(model) },
      remedy: near ? `Did you mean ${near}?` : `Environments: ${known.join(', ')}.`,
    },
  );
}

/** The version that has been fully live here and gets traffic now, or undefined. */
export function liveVersion({ progress, decision }: EnvironmentState): string | undefined {
  const served = Object.keys(decision?.traffic ?? {});
  return progress?.spec.live.find(({ version }) => served.includes(version))?.version;
}

/**
 * The intent and the progress that obeys it.
 * @throws ConfigurationError when nothing is being rolled out, saying what to do first.
 */
export function requireRollout(found: EnvironmentState): { intent: Intent; progress: Progress } {
  const { model, environment, intent, progress } = found;
  const file = rolloutPath(model, environment);
  if (!intent) {
    throw new ConfigurationError(`${model} has no rollout in ${environment}`, {
      at: { file },
      remedy: `Promote a version first: mainline promote ${model} <version> --to ${environment}`,
    });
  }
  if (progress?.spec.of === intent.digest) return { intent, progress };
  throw new ConfigurationError(`The rollout of ${model} in ${environment} on main is not accepted yet`, {
    at: { file },
    remedy: `Run: mainline rollout ${model} --in ${environment}`,
  });
}
