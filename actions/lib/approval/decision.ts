// ApprovalDecision: one bit, with who gave it for which path under which line. It is kept in audit records.
import { z } from 'zod';

/** Why a review did not count. */
export const ignoredWhySchema = z.enum([
  'comment',
  'pending',
  'superseded',
  'dismissed',
  'unknown author',
  'bot',
  'self',
  'no write access',
  'stale',
  'not an owner',
]);

export const approverSchema = z.strictObject({
  login: z.string(),
  /** The commit that was looked at. */
  commit: z.string(),
  /** Null for an author whose own push stands for a review. */
  submittedAt: z.string().nullable(),
  /** The team that made an owner of them. */
  team: z.string().optional(),
  /** An author, contributor or the last pusher, counted because that is allowed. */
  self: z.literal(true).optional(),
});

export const pathApprovalSchema = z.strictObject({
  path: z.string(),
  /** The line of CODEOWNERS that decides; null when none matches. */
  line: z.number().int().positive().nullable(),
  pattern: z.string().nullable(),
  owners: z.array(z.string()).readonly(),
  approvers: z.array(approverSchema).readonly(),
  /** What is missing, in words. */
  missing: z.string().optional(),
});

export const approvalDecisionSchema = z.strictObject({
  approved: z.boolean(),
  /** One sentence per obstacle; empty when approved. */
  reasons: z.array(z.string()).readonly(),
  paths: z.array(pathApprovalSchema).readonly(),
  ignored: z
    .array(z.strictObject({ login: z.string().nullable(), why: ignoredWhySchema, reason: z.string() }))
    .readonly(),
  /** It is approved, and would not be without an approval by its own authors. */
  selfApproved: z.boolean(),
});

export type Approver = Readonly<z.output<typeof approverSchema>>;
export type PathApproval = Readonly<z.output<typeof pathApprovalSchema>>;
export type ApprovalDecision = Readonly<z.output<typeof approvalDecisionSchema>>;
export type IgnoredReview = ApprovalDecision['ignored'][number];
