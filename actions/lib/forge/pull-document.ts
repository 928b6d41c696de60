// How the local forge keeps pull requests, reviews, comments and checks: documents beside the refs, through a schema at
// the door like everything else from a file.
import { z } from 'zod';
import { mergeMethods } from '#lib/forge/forge.ts';

const commitSchema = z.string().regex(/^[0-9a-f]{40,64}$/u, 'write a full commit id');

export const pullDocumentSchema = z.strictObject({
  title: z.string(),
  body: z.string(),
  author: z.string().nullable(),
  branch: z.string(),
  state: z.enum(['open', 'merged', 'closed']),
  merged: z
    .strictObject({
      commit: commitSchema,
      base: commitSchema,
      by: z.string().nullable(),
      method: z.enum(mergeMethods),
      at: z.string(),
      bypassed: z.boolean().nullable(),
    })
    .nullable(),
});

export const reviewDocumentSchema = z.strictObject({
  user: z.string().nullable(),
  type: z.string().nullable(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  commit: commitSchema.nullable(),
  submittedAt: z.string().nullable(),
  association: z.string().optional(),
});

export const commentDocumentSchema = z.strictObject({ marker: z.string(), body: z.string() });

export const checkDocumentSchema = z.strictObject({
  name: z.string(),
  commit: commitSchema,
  conclusion: z.enum(['success', 'failure', 'neutral']),
  title: z.string().optional(),
  summary: z.string(),
  annotations: z
    .array(
      z.strictObject({
        path: z.string(),
        startLine: z.int(),
        endLine: z.int(),
        level: z.enum(['failure', 'warning', 'notice']),
        title: z.string(),
        message: z.string(),
      }),
    )
    .readonly()
    .optional(),
  detailsUrl: z.string().optional(),
});

/** People on this machine: the teams CODEOWNERS names, and who may write. */
export const peopleSchema = z.strictObject({
  teams: z
    .record(
      z.string().regex(/^[\w.-]+\/[\w.-]+$/u, 'write organisation/team, without @'),
      z.array(z.string().min(1)),
    )
    .default({}),
  writers: z.array(z.string()).optional(),
});

export type PullDocument = Readonly<z.output<typeof pullDocumentSchema>>;
