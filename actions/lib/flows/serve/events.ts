// What serving tells while it runs; the command line decides how to show it.
import type { Commits, Problem, Shares } from '#lib/serving/table.ts';

export type ServeEvent =
  | { readonly kind: 'listening'; readonly url: string; readonly source: string; readonly store: string }
  /** Requests that begin from now on see this. */
  | {
      readonly kind: 'serving';
      readonly model: string;
      readonly traffic: Shares;
      readonly mirror: Shares;
      readonly why: string;
      readonly commits: Commits;
    }
  /** No model has a rollout for this environment; said once. */
  | { readonly kind: 'nothing' }
  /** Its rollout was deleted from main. */
  | { readonly kind: 'gone'; readonly model: string }
  /** The model keeps its last good state, or what has traffic, if there is one. */
  | { readonly kind: 'problem'; readonly model: string; readonly problem: Problem }
  | { readonly kind: 'mended'; readonly model: string }
  /** Everything goes on as it was read last. */
  | { readonly kind: 'unreachable'; readonly problem: Problem }
  | { readonly kind: 'reachable' }
  /** A model, a connection, or we ourselves failed; the same text once a minute. */
  | { readonly kind: 'failure'; readonly text: string }
  /** No new requests; those under way are answered. */
  | { readonly kind: 'ending' };

export type Tell = (event: ServeEvent) => void;
