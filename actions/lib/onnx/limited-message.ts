// What the process that runs a stranger's model is asked and what it answers, one answer a question, in order.
import type { Interface } from '#lib/onnx/scorer.ts';
import type { Table } from '#lib/tables/table.ts';

export type LimitedRequest =
  | {
      readonly kind: 'open';
      readonly bytes: Uint8Array;
      readonly batchRows?: number;
      readonly features?: readonly string[];
    }
  /** With a number of classes their probabilities are asked for. */
  | { readonly kind: 'score'; readonly table: Table; readonly classes?: number };

export type LimitedReply =
  | { readonly kind: 'opened'; readonly interface: Interface }
  | { readonly kind: 'scores'; readonly scores: Float64Array }
  /** The user can mend it, as a ConfigurationError says. */
  | { readonly kind: 'refused'; readonly message: string; readonly remedy: string | undefined }
  | { readonly kind: 'failed'; readonly message: string };
