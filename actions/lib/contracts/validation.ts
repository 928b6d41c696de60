// What `contract validate` says of all tables: each one's result, and beside it what is different from the base and from
// history. The JSON of the command is this, and its published schema is made from it.
import { z } from 'zod';
import { comparisonSchema } from '#lib/contracts/compare/comparison.ts';
import { historySchema } from '#lib/contracts/compare/history.ts';
import { contractResultSchema } from '#lib/contracts/result.ts';

export const tableValidationSchema = contractResultSchema.extend({
  /** The table's name in the contract. */
  table: z.string(),
  /** The server of the contract that the data was read from. */
  server: z.string().optional(),
  comparison: comparisonSchema.optional(),
  history: historySchema.optional(),
});

export const validationSchema = z.strictObject({
  /** False when a check of severity error failed, or something could not be read. */
  passed: z.boolean(),
  /** The commit that was read; absent for the work tree. */
  revision: z.strictObject({ name: z.string(), commit: z.string() }).optional(),
  /** In the order of the contracts, and of the tables in each. */
  tables: z.array(tableValidationSchema).readonly(),
  /** Contracts that nobody named and whose data only servers have that cannot be read. */
  elsewhere: z
    .array(z.strictObject({ contract: z.string(), servers: z.array(z.string()).readonly() }))
    .readonly(),
  /** What could not be read, and so was not checked. */
  problems: z
    .array(
      z.strictObject({
        message: z.string(),
        remedy: z.string().optional(),
        at: z
          .strictObject({
            file: z.string(),
            line: z.int().positive().optional(),
            column: z.int().positive().optional(),
          })
          .optional(),
      }),
    )
    .readonly(),
});

export type TableValidation = Readonly<z.output<typeof tableValidationSchema>>;
export type Validation = Readonly<z.output<typeof validationSchema>>;
