// Rollouts for tests: versions by number, digests told apart at a glance.
import { type Intent, readRollout } from '#lib/rollout/intent.ts';

export const place = { model: 'parcels', environment: 'production' } as const;
export const file = 'models/parcels/rollout/production.yaml';

/** A digest that says which version it belongs to. */
export function digestOf(version: string): string {
  const digits = version.replaceAll('.', '');
  return `sha256:${digits.padEnd(64, '0')}`;
}

export interface RolloutText {
  readonly version: string;
  readonly from?: string | null;
  readonly attempt?: number;
  /** Weights, each followed by a pause for a person. */
  readonly weights?: readonly number[];
}

/** The text of a rollout file. */
export function rolloutText({ version, from = null, attempt = 1, weights }: RolloutText): string {
  const revisions = [...(from === null ? [] : [from]), version].map(
    name => `    ${name}: {model: "${digestOf(name)}"}\n`,
  );
  const steps = (weights ?? []).map(weight => `      - setWeight: ${weight}\n      - pause: {}\n`);
  return `apiVersion: mainline.dev/v1alpha1
kind: Rollout
metadata: {model: parcels, environment: production}
spec:
  version: ${version}
${from === null ? '' : `  from: ${from}\n`}  attempt: ${attempt}
  revisions:
${revisions.join('')}${weights ? `  plan:\n    steps:\n${steps.join('')}` : ''}`;
}

export function intentOf(text: RolloutText): Intent {
  return readRollout(rolloutText(text), { file, ...place });
}
