// What we read of GitHub's answers, and nothing else of them: https://docs.github.com/rest.
import { z } from 'zod';

/** GitHub keeps one account for all that are gone. */
const GHOST_ID = 10_137;

const accountSchema = z
  .looseObject({ login: z.string(), id: z.number().optional(), type: z.string().optional() })
  .nullish()
  .transform(account =>
    account && account.id !== GHOST_ID ? { login: account.login, type: account.type ?? null } : null,
  );

const commitIdSchema = z.string().regex(/^[0-9a-f]{40,64}$/u);

export const pullAnswerSchema = z.looseObject({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().optional(),
  html_url: z.string(),
  user: accountSchema,
  head: z.looseObject({
    ref: z.string(),
    sha: commitIdSchema,
    repo: z.looseObject({ full_name: z.string() }).nullish(),
  }),
  base: z.looseObject({ ref: z.string(), repo: z.looseObject({ full_name: z.string() }) }),
  merged_at: z.string().nullish(),
  merge_commit_sha: commitIdSchema.nullish(),
  merged_by: accountSchema,
  changed_files: z.int().optional(),
});

export const fileAnswerSchema = z.looseObject({
  filename: z.string().min(1),
  previous_filename: z.string().min(1).optional(),
  status: z.enum(['added', 'removed', 'modified', 'renamed', 'copied', 'changed', 'unchanged']),
});

export const reviewAnswerSchema = z.looseObject({
  user: accountSchema,
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  commit_id: commitIdSchema.nullish(),
  submitted_at: z.string().nullish(),
  author_association: z.string().optional(),
});

export const commentAnswerSchema = z.looseObject({
  id: z.union([z.number(), z.bigint()]),
  body: z.string().optional(),
  user: accountSchema,
});

export const checkAnswerSchema = z.looseObject({
  id: z.union([z.number(), z.bigint()]),
  name: z.string(),
  head_sha: commitIdSchema,
  conclusion: z.string().nullish(),
  details_url: z.string().nullish(),
  output: z.looseObject({ title: z.string().nullish(), summary: z.string().nullish() }).nullish(),
});

export const memberAnswerSchema = z.looseObject({ login: z.string() });

export const permissionAnswerSchema = z.looseObject({ permission: z.string() });

export const activityAnswerSchema = z.looseObject({
  after: z.string(),
  activity_type: z.string(),
  actor: accountSchema,
});

export const commitAuthorsSchema = z.looseObject({
  repository: z
    .record(
      z.string(),
      z
        .looseObject({
          authors: z
            .looseObject({
              totalCount: z.int(),
              nodes: z.array(
                z.looseObject({
                  email: z.string().nullish(),
                  user: z.looseObject({ login: z.string() }).nullish(),
                }),
              ),
            })
            .optional(),
        })
        .nullable(),
    )
    .nullable(),
});

export const viewerSchema = z.looseObject({ viewer: z.looseObject({ login: z.string().min(1) }) });

export type PullAnswer = z.output<typeof pullAnswerSchema>;
