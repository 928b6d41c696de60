// The plan of a rollout: Argo's step words with their meaning there, so that nobody learns them twice.
import { z } from 'zod';
import { percentSchema } from '#lib/rollout/words.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const pauseSchema = z.strictObject({
  duration: z
    .union([
      z.int().min(1).max(1e9),
      z.string().regex(/^[1-9]\d{0,8}[smhd]$/u, 'write seconds, or a number with s, m, h or d such as 10m'),
    ])
    .optional()
    .describe('How long to stay: seconds, or 30s, 10m, 1h, 2d.'),
  minSamples: z
    .int()
    .min(1)
    .optional()
    .describe('How many requests the challenger has answered before the plan goes on.'),
});

const stepSchema = z
  .strictObject({
    mirror: percentSchema.optional().describe('Share of requests the challenger gets a copy of, unanswered.'),
    setWeight: percentSchema.optional().describe('Share of requests the challenger answers.'),
    pause: pauseSchema.optional().describe('Stay here; an empty pause waits for a person.'),
  })
  .refine(step => Object.values(step).filter(value => value !== undefined).length === 1, {
    message: 'a step is exactly one of mirror, setWeight, pause',
    params: { remedy: 'Write each as a step of its own.' },
    // A misspelt word is told as such, not as one that is missing.
    when: ({ issues }) => issues.length === 0,
  });

/** At most 100 steps, whose weights rise: a plan never takes traffic back, only an abort does. */
export const stepsSchema = z
  .array(stepSchema)
  .min(1)
  .max(100)
  .superRefine((steps, context) => {
    let highest: number | undefined;
    steps.forEach(({ setWeight }, index) => {
      if (setWeight === undefined) return;
      if (highest !== undefined && setWeight <= highest) {
        context.addIssue({
          code: 'custom',
          path: [index, 'setWeight'],
          message: `weights must rise, ${setWeight} comes after ${highest}`,
          params: { remedy: `Write more than ${highest}, or remove the step.` },
        });
      }
      highest = Math.max(highest ?? 0, setWeight);
    });
  })
  .readonly();

export type Pause = Readonly<z.output<typeof pauseSchema>>;
export type Step = Readonly<z.output<typeof stepSchema>>;

/** Where a pause is in time. */
export interface Standing {
  /** ISO instants. */
  readonly since: string;
  readonly now: string;
  /** Answered by the challenger since then; undefined where nobody counts. */
  readonly samples: number | undefined;
}

/** What a pause still waits for, or undefined when it is over: both its duration and its samples must be there. */
export function waitsFor(pause: Pause, { since, now, samples }: Standing): string | undefined {
  const { duration, minSamples } = pause;
  if (duration === undefined && minSamples === undefined) return 'this pause ends by a person only';
  const elapsed = (Date.parse(now) - Date.parse(since)) / 1000;
  const isLongEnough = duration === undefined || elapsed >= secondsOf(duration);
  const isMeasured = minSamples === undefined || (samples ?? 0) >= minSamples;
  const reasons = [
    ...(isLongEnough ? [] : [`${secondsOf(duration)} s from ${since} on`]),
    ...(isMeasured ? [] : [`${minSamples} samples of the challenger, has ${samples ?? 'no count'}`]),
  ];
  return reasons.length > 0 ? `waits for ${reasons.join(' and ')}` : undefined;
}

function secondsOf(duration: number | string): number {
  if (typeof duration === 'number') return duration;
  return Number(duration.slice(0, -1)) * (SECONDS[duration.slice(-1)] ?? 0);
}
