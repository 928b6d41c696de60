// How far the test rows can be trusted to be new to both models: how many models they have judged, and whether the champion was
// trained on some of them. It depends on what history and cache are at hand, so it is no part of the evidence.
import { z } from 'zod';

/** Each model that is chosen by the same rows learns a little of them: the best of many is best by luck too. */
export const testSetUseSchema = z.strictObject({
  /** Different models that these very rows have judged, this one included; at least so many. */
  models: z.number(),
  /** Older commits were not looked at, or are not here. */
  isCut: z.boolean(),
});

/** Rows that the champion knows favour it. */
export const overlapSchema = z.strictObject({
  /** Test rows whose key is among the champion's training rows. */
  rows: z.number(),
  share: z.number(),
});

export const testRowsSchema = z.strictObject({
  use: testSetUseSchema.nullable(),
  overlap: overlapSchema.nullable(),
});

export type TestSetUse = Readonly<z.output<typeof testSetUseSchema>>;
export type Overlap = Readonly<z.output<typeof overlapSchema>>;
export type TestRows = Readonly<z.output<typeof testRowsSchema>>;
