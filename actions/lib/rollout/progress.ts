// kind RolloutProgress: how far an environment has come, on the state branch. Written by rollout, advance and abort
// only, yet read as strictly as anything from outside: what it says decides who gets traffic.
import { stringify } from 'yaml';
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { type CheckedDocument, checkDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { checkPlace, type Intent, type Place } from '#lib/rollout/intent.ts';
import {
  digestSchema,
  instantSchema,
  percentSchema,
  rolloutNameSchema,
  rolloutVersionSchema,
  type Shares,
} from '#lib/rollout/words.ts';

/** How many versions count as "live before", and how many aborts are remembered. */
export const MAX_LIVE = 10;
export const MAX_ABORTED = 50;

const sharesSchema = z.record(rolloutVersionSchema, percentSchema).readonly();

const specSchema = z
  .strictObject({
    /** Digest of the intent these numbers obey. */
    of: digestSchema,
    /** Steps of the plan that are done; the next one is a pause, or there is none. */
    step: z.int().min(0).max(100),
    complete: z.boolean(),
    /** When this step began. */
    since: instantSchema,
    traffic: sharesSchema,
    /** Copies on top of the traffic, so no sum is asked of them. */
    mirror: sharesSchema,
    hold: z
      .strictObject({
        version: rolloutVersionSchema,
        reason: z.string().min(1).max(2000),
        by: z.string().min(1).max(200),
        since: instantSchema,
      })
      .readonly()
      .nullable(),
    /** Newest first: every version that had all traffic lately, with its bytes. */
    live: z
      .array(z.strictObject({ version: rolloutVersionSchema, model: digestSchema }).readonly())
      .max(MAX_LIVE)
      .readonly(),
    /** Newest first. */
    aborted: z
      .array(z.strictObject({ model: digestSchema, attempt: z.int().min(1) }).readonly())
      .max(MAX_ABORTED)
      .readonly(),
  })
  .superRefine((spec, context) => {
    const refuse = (path: readonly PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message, params: { remedy: RESTORE } });
    const sum = Object.values(spec.traffic).reduce((total, percent) => total + percent, 0);
    const [live] = spec.live;
    if (sum !== 100) refuse(['traffic'], `the percents sum to ${sum}, not to 100`);
    if (!live) refuse(['live'], 'no version was ever live, yet there is traffic');
    if (new Set(spec.live.map(({ version }) => version)).size < spec.live.length) {
      refuse(['live'], 'a version stands there twice');
    }
    if (spec.hold && spec.hold.version !== live?.version) {
      refuse(['hold', 'version'], `a hold is toward the live version ${live?.version ?? ''}`);
    }
    if (spec.hold && spec.complete) refuse(['hold'], 'a complete rollout cannot be held');
    if (spec.complete && spec.traffic[live?.version ?? ''] !== 100) {
      refuse(['traffic'], `a complete rollout has all traffic on the live version ${live?.version ?? ''}`);
    }
  });

const RESTORE = 'Restore the file from the history of the state branch; only mainline writes it.';

export const progressSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('RolloutProgress'),
  metadata: z.strictObject({ model: rolloutNameSchema, environment: rolloutNameSchema }).readonly(),
  spec: specSchema.readonly(),
});

export type Progress = Readonly<z.output<typeof progressSchema>>;

/** What the reader of a progress knows already; each given part is held against the file. */
export interface ExpectedProgress extends Partial<Place> {
  /** The intent on main: progress of it may name its revisions only. */
  readonly intent?: Intent | undefined;
}

/** Where progress lives on the state branch, relative to its root. */
export function progressPath(model: string, environment: string): string {
  return `rollout/${model}/${environment}.yaml`;
}

/**
 * Reads a progress and holds it to the place it lies at and to the intent, when it is of that intent.
 * @throws ConfigurationErrors with file, line, column and remedy.
 */
export function readProgress(text: string, file: string, expected: ExpectedProgress = {}): Progress {
  const document = checkDocument(parseDocumentText(text, file), progressSchema);
  const { intent, ...place } = expected;
  checkPlace(document, { ...intent?.rollout.metadata, ...place });
  if (intent) checkIntent(document, intent);
  return document.value;
}

function checkIntent(document: CheckedDocument<Progress>, { rollout, digest }: Intent): void {
  const { of, traffic, mirror, step, hold } = document.value.spec;
  if (of !== digest) return;
  const { revisions, plan } = rollout.spec;
  const named = [
    ...Object.keys(traffic).map(version => ({ path: ['traffic', version], version })),
    ...Object.keys(mirror).map(version => ({ path: ['mirror', version], version })),
    ...(hold ? [{ path: ['hold', 'version'], version: hold.version }] : []),
  ];
  const problem = (path: readonly string[], message: string) =>
    new ConfigurationError(`spec.${path.join('.')} ${message}`, {
      at: document.locate(['spec', ...path]),
      remedy: RESTORE,
    });
  const problems = named
    .filter(({ version }) => !Object.hasOwn(revisions, version))
    .map(({ path, version }) => problem(path, `names ${version}, which the rollout on main does not have`));
  const steps = plan?.steps.length ?? 0;
  if (step > steps) problems.push(problem(['step'], `is ${step}, but the plan has ${steps} steps`));
  if (problems.length > 0) throw new ConfigurationErrors(problems);
}

/** The text of a progress: the same progress gives the same bytes, whatever order its keys came in. */
export function formatProgress({ metadata, spec }: Progress): string {
  const { model, environment } = metadata;
  const { of, step, complete, since, hold } = spec;
  const document = {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'RolloutProgress',
    metadata: { model, environment },
    spec: {
      ...{ of, step, complete, since },
      traffic: sortShares(spec.traffic),
      mirror: sortShares(spec.mirror),
      hold: hold && { version: hold.version, reason: hold.reason, by: hold.by, since: hold.since },
      live: spec.live.map(({ version, model: digest }) => ({ version, model: digest })),
      aborted: spec.aborted.map(({ model: digest, attempt }) => ({ model: digest, attempt })),
    },
  };
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# Written by mainline rollout, advance and abort; do not edit.\n${yaml}`;
}

function sortShares(shares: Shares): Shares {
  return Object.fromEntries(Object.entries(shares).sort(([a], [b]) => compareText(a, b)));
}
