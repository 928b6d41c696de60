// kind Rollout: where people want an environment to be, one file on main, one commit a promotion. How far the machines
// have come stands elsewhere (progress.ts), so that reverting this commit never conflicts with theirs.
import { z } from 'zod';
import { digestValue } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { type CheckedDocument, checkDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { guardSchema } from '#lib/rollout/guards.ts';
import { stepsSchema } from '#lib/rollout/steps.ts';
import { digestSchema, rolloutNameSchema, rolloutVersionSchema } from '#lib/rollout/words.ts';

const revisionSchema = z.strictObject({
  model: digestSchema.describe('The bytes of the model, as its version record has them.'),
  image: z
    .string()
    .max(512)
    .regex(/^[\w./:-]+@sha256:[0-9a-f]{64}$/u, 'pin the image by digest: name@sha256: and 64 hex digits')
    .optional(),
});

const urlSchema = z
  .url({ protocol: /^https?$/u, error: 'write an http or https address' })
  .regex(/^[^@]*$/u, 'write no password into the address');

const targetSchema = z.strictObject({
  kind: z.literal('embedded').describe('mainline serve, which follows the repository.'),
  url: urlSchema.optional().describe('Where its counts are asked for.'),
});

const specSchema = z
  .strictObject({
    version: rolloutVersionSchema.describe('Where we want to be.'),
    from: rolloutVersionSchema
      .nullable()
      .default(null)
      .describe('Where we come from; left out when nothing served before.'),
    attempt: z.int().min(1).default(1).describe('Raise it to try an aborted version again.'),
    revisions: z.record(z.string(), revisionSchema).describe('The pinned bytes of version and from.'),
    plan: z.strictObject({ steps: stepsSchema }).optional().describe('Left out: all traffic at once.'),
    judge: z.strictObject({ guards: z.array(guardSchema).max(20).default([]) }).optional(),
    sticky: z
      .strictObject({
        key: z
          .string()
          .max(100)
          .regex(/^header:[\w!#$%&'*+.^`|~-]+$/u, 'write header: and the name of a header'),
      })
      .optional()
      .describe('The same key is answered by the same version while the weights stand.'),
    targets: z
      .array(targetSchema)
      .min(1)
      .max(10)
      .default([{ kind: 'embedded' }]),
  })
  .superRefine((spec, context) => {
    const refuse = (path: readonly string[], message: string, remedy: string) =>
      context.addIssue({ code: 'custom', path: [...path], message, params: { remedy } });
    const { version, from } = spec;
    if (version === from) {
      refuse(
        ['from'],
        `version and from are both ${version}`,
        'Name the version that served before, or remove from.',
      );
    }
    for (const [key, name] of [
      ['version', version],
      ['from', from],
    ] as const) {
      if (name !== null && !Object.hasOwn(spec.revisions, name)) {
        refuse([key], `${name} is not among the revisions`, `Add ${name} with its digest to spec.revisions.`);
      }
    }
    for (const name of Object.keys(spec.revisions).filter(other => other !== version && other !== from)) {
      refuse(
        ['revisions', name],
        `${name} is neither version nor from`,
        'Remove it: nothing else may get traffic.',
      );
    }
  });

export const rolloutSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Rollout'),
  metadata: z.strictObject({ model: rolloutNameSchema, environment: rolloutNameSchema }),
  spec: specSchema,
});

export type Rollout = Readonly<z.output<typeof rolloutSchema>>;
export type Revision = Readonly<z.output<typeof revisionSchema>>;

/** A rollout as read, and what it is known by. */
export interface Intent {
  readonly rollout: Rollout;
  /** Of `spec` as written, before defaults: comments and order do not count, a default written out does. */
  readonly digest: string;
  readonly text: string;
}

/** Which model, where. */
export interface Place {
  readonly model: string;
  readonly environment: string;
}

/** Where an environment's rollout lives on main, relative to the root. */
export function rolloutPath(model: string, environment: string): string {
  return `models/${model}/rollout/${environment}.yaml`;
}

/**
 * Reads a rollout of this model and environment.
 * @throws ConfigurationErrors with file, line, column and remedy.
 */
export function readRollout(text: string, { file, ...place }: Place & { readonly file: string }): Intent {
  const document = parseDocumentText(text, file);
  const checked = checkDocument(document, rolloutSchema);
  checkPlace(checked, place);
  const { spec } = document.value as { readonly spec: unknown };
  return { rollout: checked.value, digest: digestValue(spec), text };
}

/**
 * Holds a document's metadata to the path it lies at.
 * @throws ConfigurationErrors for a file that was copied from another model or environment.
 */
export function checkPlace(
  document: CheckedDocument<{ readonly metadata: Place }>,
  place: Partial<Place>,
): void {
  const problems = (['model', 'environment'] as const).flatMap(key => {
    const expected = place[key];
    const found = document.value.metadata[key];
    if (expected === undefined || expected === found) return [];
    const message = `metadata.${key} is "${found}", but the path says "${expected}"`;
    const at = document.locate(['metadata', key]);
    return [new ConfigurationError(message, { at, remedy: `Write ${key}: ${expected}, or move the file.` })];
  });
  if (problems.length > 0) throw new ConfigurationErrors(problems);
}
