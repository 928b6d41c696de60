// What the checks of one contract did since the merge base: what a reviewer asks first when something is red.
import { z } from 'zod';

export const contractChangeSchema = z.strictObject({
  /** Paths of the contract and its data. */
  contract: z.string(),
  data: z.string(),
  base: z.strictObject({ name: z.string(), commit: z.string() }),
  /** Ids of checks. */
  newlyFailing: z.array(z.string()).readonly(),
  fixed: z.array(z.string()).readonly(),
  stillFailing: z.array(z.string()).readonly(),
});

export type ContractChange = Readonly<z.output<typeof contractChangeSchema>>;

/** `newly failing: a.minimum; fixed: b.unique`; empty where there is nothing of any. */
export function sayContractChange({
  newlyFailing,
  fixed,
  stillFailing,
}: Omit<ContractChange, 'base' | 'contract' | 'data'>): string {
  const lists = [
    ['newly failing', newlyFailing],
    ['fixed', fixed],
    ['still failing', stillFailing],
  ] as const;
  return lists.flatMap(([word, ids]) => (ids.length > 0 ? [`${word}: ${ids.join(', ')}`] : [])).join('; ');
}
