// Every verb of `mainline dvc`, loaded only when it is called: start-up time is most of a quick verb's time.
import type { Verb } from './verb.ts';

export interface VerbEntry {
  /** One line for the list of verbs. */
  readonly description: string;
  readonly load: () => Promise<{ readonly verb: Verb }>;
}

/** By name, in the order of the help; `data status` and `cache migrate` are verbs of two words. */
export const VERBS: Readonly<Record<string, VerbEntry>> = {};
