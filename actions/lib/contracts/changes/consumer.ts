// Who reads the data of a contract, and what of a change concerns them.
import type { Bump, Change } from '#lib/contracts/changes/change.ts';
import { owedBump } from '#lib/contracts/changes/owed-version.ts';
import { compareText } from '#lib/documents/canonical.ts';

/** The port: whoever reads data is one of these. */
export interface Consumer {
  readonly kind: 'model' | 'feature-view';
  readonly name: string;
  /** Where it is declared, relative to the root. */
  readonly path: string;
  /** Columns as the data names them; absent when it does not say, so that it may use all. */
  readonly columns?: readonly string[] | undefined;
}

/** A consumer that a change concerns. */
export interface ConcernedConsumer extends Consumer {
  /** The worst of what concerns it. */
  readonly verdict: Bump;
  /** The changed columns it reads, or may read; empty where only whole tables changed. */
  readonly changed: readonly string[];
}

/** Those that read something which changed in more than its words, in the order of their names. */
export function concernedConsumers(
  changes: readonly Change[],
  consumers: readonly Consumer[],
): readonly ConcernedConsumer[] {
  const telling = changes.filter(({ consumer }) => consumer !== 'patch');
  return consumers
    .flatMap(consumer => {
      const reads = (name: string) => consumer.columns?.includes(name) ?? true;
      const own = telling.filter(({ columns }) => columns.length === 0 || columns.some(reads));
      const verdict = owedBump(own);
      if (verdict === null) return [];
      const changed = [...new Set(own.flatMap(({ columns }) => columns.filter(reads)))].toSorted(compareText);
      return [{ ...consumer, verdict, changed }];
    })
    .toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
}
