// What each verb of `mainline dvc` is to the program that holds them: a description and how to add its options.
import type { Command } from 'commander';

export interface Verb {
  /** One line for the list of verbs. */
  readonly description: string;
  /** Adds arguments, options, examples (`addHelpText`) and the action to the verb's own command. */
  readonly define: (command: Command) => void;
}

/** Options that DVC knows for every verb. */
export interface CommonOptions {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** DVC's exit codes, where they differ from 0 and 1. */
export const EXIT = {
  /** The configuration cannot be read. */
  config: 251,
  interrupted: 252,
  /** Not inside a DVC repository. */
  noRepository: 253,
  usage: 254,
  /** What the user has to mend. */
  failed: 255,
} as const;
