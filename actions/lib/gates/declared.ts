// A gate as model.yaml declares it: one metric, one condition.
import { z } from 'zod';

const marginSchema = z
  .strictObject({
    relative: z.number().min(0).max(1).optional().describe('Share of the reference value, 0.02 = 2 %.'),
    absolute: z.number().min(0).optional().describe('In the unit of the metric.'),
  })
  .refine(margin => (margin.relative === undefined) !== (margin.absolute === undefined), {
    message: 'give either relative or absolute',
  });

export const gateSchema = z
  .strictObject({
    metric: z
      .string()
      .describe(
        'Name of a metric of the evaluation, a cost such as latency_p95_ms, or a measure such as demographic_parity_ratio.',
      ),
    group: z
      .string()
      .optional()
      .describe('With a fairness measure: one of evaluation.fairness.groups; all of them when left out.'),
    slices: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('With the primary metric: holds on every value of these columns of evaluation.slices.'),
    atMost: z.number().optional(),
    atLeast: z.number().optional(),
    notWorseThan: z.enum(['champion', 'baseline']).optional(),
    betterThan: z.enum(['champion', 'baseline', 'trivial']).optional(),
    margin: marginSchema.optional().describe('How much worse still counts as not worse; 0 when left out.'),
    severity: z.enum(['block', 'warn']).default('block'),
  })
  .refine(gate => gate.slices === undefined || gate.betterThan === undefined, {
    message: 'slices go with atMost, atLeast or notWorseThan',
    path: ['slices'],
  })
  .refine(gate => conditionCount(gate) === 1, {
    message: 'write exactly one of atMost, atLeast, notWorseThan, betterThan',
  })
  .refine(gate => gate.margin === undefined || gate.notWorseThan !== undefined, {
    message: 'a margin only goes with notWorseThan',
  });

function conditionCount(gate: Readonly<Record<string, unknown>>): number {
  return ['atMost', 'atLeast', 'notWorseThan', 'betterThan'].filter(key => gate[key] !== undefined).length;
}

export type Gate = z.output<typeof gateSchema>;
