// Rollouts as a person would write them, for the tests of this room and of audit/.
import { createHash } from 'node:crypto';
import { ConfigurationError, ConfigurationErrors, formatLocation } from '#lib/errors.ts';
import { type Intent, readRollout } from '#lib/rollout/intent.ts';
import { startProgress } from '#lib/rollout/plan.ts';
import type { Progress } from '#lib/rollout/progress.ts';

export const place = { model: 'eta', environment: 'production' };
export const file = 'models/eta/rollout/production.yaml';
export const stateFile = 'rollout/eta/production.yaml';
export const now = '2026-11-21T02:00:00Z';

/** The bytes of a version are those of its name here. */
export function digestOf(version: string): string {
  return `sha256:${createHash('sha256').update(version).digest('hex')}`;
}

interface Written {
  readonly version: string;
  readonly from?: string;
  readonly attempt?: number;
  /** Flow YAML of the steps. */
  readonly steps?: string;
}

export function rolloutText({ version, from, attempt, steps }: Written): string {
  return [
    'apiVersion: mainline.dev/v1alpha1',
    'kind: Rollout',
    'metadata: {model: eta, environment: production}',
    'spec:',
    `  version: ${version}`,
    ...(from ? [`  from: ${from}`] : []),
    ...(attempt ? [`  attempt: ${attempt}`] : []),
    '  revisions:',
    ...[from, version].flatMap(name => (name ? [`    ${name}: {model: "${digestOf(name)}"}`] : [])),
    ...(steps ? [`  plan: {steps: [${steps}]}`] : []),
    '',
  ].join('\n');
}

export function intentOf(written: Written): Intent {
  return readRollout(rolloutText(written), { file, ...place });
}

/** The progress of a result that has to have one. */
export function moved(result: { readonly progress: Progress } | object): Progress {
  if ('progress' in result) return result.progress;
  throw new Error(`did not move: ${JSON.stringify(result)}`);
}

/** Started one after the other, all at one instant. */
export function started(...intents: readonly Intent[]): Progress {
  const last = intents.reduce<Progress | undefined>(
    (progress, intent) => moved(startProgress(intent, progress, { now })),
    undefined,
  );
  if (!last) throw new Error('nothing to start');
  return last;
}

/** The problems of what is called, as `file:line:column message -> remedy`. */
export function problemsOf(call: () => unknown): readonly string[] {
  try {
    call();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error instanceof ConfigurationErrors ? error.problems : [error];
    return problems.map(({ at, message, remedy }) => `${formatLocation(at)} ${message} -> ${remedy}`);
  }
}
