// ContractResult: what checking one file against its contract found; each check with its value, rows and place.
import { z } from 'zod';

export const checkResultSchema = z.strictObject({
  /** Stable and unique within a contract: `hour.minimum`. */
  id: z.string(),
  /** Null for a check of the whole table. */
  column: z.string().nullable(),
  rule: z.string(),
  /** The rule as one sentence. */
  says: z.string(),
  severity: z.enum(['error', 'warning']),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** What was measured, in the unit of the threshold; null when there is none. */
  value: z.number().nullable(),
  /** What was asked of the value, such as `= 0`. */
  threshold: z.string(),
  failingRows: z.int().nonnegative().nullable(),
  failingShare: z.number().min(0).max(1).nullable(),
  /** Up to five, in file order; none for columns with personal data. */
  samples: z
    .array(
      z.strictObject({
        /** Of a text file, from 1. */
        line: z.int().positive().optional(),
        /** Of any other file, from 1. */
        row: z.int().positive().optional(),
        /** Which one, where the table has several. */
        file: z.string().optional(),
        /** The primary key, unless it is personal: `order_id 17`. */
        key: z.string().optional(),
        value: z.string(),
      }),
    )
    .max(5)
    .readonly(),
  /** Where the contract asks for it, 1-based. */
  at: z.strictObject({ line: z.int().positive(), column: z.int().positive() }),
  /** Why it was skipped, or why it could not be run, which is failed. */
  reason: z.string().optional(),
  /** What the value of a statistic was made of, one fact a line. */
  detail: z.array(z.string()).readonly().optional(),
  /** As the rule says: completeness, timeliness and the like. */
  dimension: z.string().optional(),
  tags: z.array(z.string()).readonly().optional(),
});

export const contractResultSchema = z.strictObject({
  contract: z.strictObject({ path: z.string(), id: z.string(), version: z.string() }),
  data: z.strictObject({
    path: z.string(),
    /** Of the one file, or of the list of several with their own. */
    digest: z.string(),
    rows: z.int().nonnegative(),
    /** How many, where there are several. */
    files: z.int().positive().optional(),
  }),
  /** False when a check of severity error failed. */
  passed: z.boolean(),
  checks: z.array(checkResultSchema).readonly(),
  /** Shares of rows: every value of its type; no required value missing. */
  ratios: z.strictObject({
    schemaCompliance: z.number().min(0).max(1),
    completeness: z.number().min(0).max(1),
    /** Rows younger than a latency or freshness of the contract asks for; absent where none names a column of the table. */
    freshness: z.number().min(0).max(1).optional(),
  }),
});

export type CheckResult = Readonly<z.output<typeof checkResultSchema>>;
export type ContractResult = Readonly<z.output<typeof contractResultSchema>>;
