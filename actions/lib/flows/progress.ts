// What a long command tells while it works; the command line decides how to show it.
import type { Proposal, StageRun } from '#lib/registry/proposal.ts';

export type ProposeEvent =
  | { readonly kind: 'model-started'; readonly model: string; readonly index: number; readonly count: number }
  /** A phase has begun, such as "evaluate on the test rows". */
  | { readonly kind: 'phase'; readonly text: string }
  /** A phase has ended with this to say. */
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'stage-started'; readonly stage: string; readonly reasons: readonly string[] }
  | { readonly kind: 'stage-line'; readonly stage: string; readonly line: string }
  | {
      readonly kind: 'stage-ended';
      readonly stage: string;
      readonly status: StageRun['status'];
      readonly seconds: number | null;
    }
  | { readonly kind: 'model-finished'; readonly proposal: Proposal };

export type Tell = (event: ProposeEvent) => void;
