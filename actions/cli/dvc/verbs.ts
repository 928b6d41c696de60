// Every verb of `mainline dvc`, loaded only when it is called: start-up time is most of a quick verb's time.
import type { Verb } from './verb.ts';

export interface VerbEntry {
  /** One line for the list of verbs. */
  readonly description: string;
  readonly load: () => Promise<{ readonly verb: Verb }>;
}

/** By name, in the order of the help; `data status` and `cache migrate` are verbs of two words. */
export const VERBS: Readonly<Record<string, VerbEntry>> = {
  config: {
    description: "read and write DVC's options",
    load: () => import('./config-verb.ts'),
  },
  'remote add': {
    description: 'name a place that objects are pushed to and pulled from',
    load: () => import('./remote-add-verb.ts'),
  },
  'remote default': {
    description: 'show or choose the remote that is used when none is named',
    load: () => import('./remote-default-verb.ts'),
  },
  'remote list': { description: 'list the remotes', load: () => import('./remote-list-verb.ts') },
  'remote modify': {
    description: 'change an option of a remote',
    load: () => import('./remote-modify-verb.ts'),
  },
  'remote remove': {
    description: 'forget a remote (what lies there stays)',
    load: () => import('./remote-remove-verb.ts'),
  },
  'remote rename': {
    description: 'give a remote another name',
    load: () => import('./remote-rename-verb.ts'),
  },
  repro: {
    description: 'bring pipelines up to date: run the stages whose inputs, outputs or command changed',
    load: () => import('./repro-verb.ts'),
  },
};
