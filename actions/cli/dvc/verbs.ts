// Every verb of `mainline dvc`, loaded only when it is called: start-up time is most of a quick verb's time.
import type { Verb } from './verb.ts';

export interface VerbEntry {
  /** One line for the list of verbs. */
  readonly description: string;
  readonly load: () => Promise<{ readonly verb: Verb }>;
}

/** By name, in the order of the help; `data status` and `cache migrate` are verbs of two words. */
export const VERBS: Readonly<Record<string, VerbEntry>> = {
  init: {
    description: 'make a folder a DVC repository',
    load: () => import('./init-verb.ts'),
  },
  add: {
    description: 'track files and folders: their content goes into the cache, a .dvc file names it',
    load: () => import('./add-verb.ts'),
  },
  'cache migrate': {
    description: "give objects of DVC 2 a place in DVC 3's cache; the old names stay",
    load: () => import('./cache-migrate-verb.ts'),
  },
  'check-ignore': {
    description: 'show which paths .dvcignore leaves out, and by which pattern',
    load: () => import('./check-ignore-verb.ts'),
  },
  checkout: {
    description: 'put data files into the work tree, as .dvc files and dvc.lock record them',
    load: () => import('./checkout-verb.ts'),
  },
  commit: {
    description: 'record data and outputs as they are now, and take them into the cache',
    load: () => import('./commit-verb.ts'),
  },
  config: {
    description: "read and write DVC's options",
    load: () => import('./config-verb.ts'),
  },
  dag: {
    description: 'draw what is made from what',
    load: () => import('./dag-verb.ts'),
  },
  'metrics diff': {
    description: 'compare metrics between two revisions, or a revision and the work tree',
    load: () => import('./metrics-diff-verb.ts'),
  },
  'metrics show': {
    description: 'print metrics',
    load: () => import('./metrics-show-verb.ts'),
  },
  'params diff': {
    description: 'compare parameters between two revisions, or a revision and the work tree',
    load: () => import('./params-diff-verb.ts'),
  },
  fetch: {
    description: 'download tracked files to the cache, without checking them out',
    load: () => import('./fetch-verb.ts'),
  },
  pull: {
    description: 'download tracked files and put them into the work tree',
    load: () => import('./pull-verb.ts'),
  },
  push: { description: 'upload tracked files to a remote', load: () => import('./push-verb.ts') },
  move: {
    description: 'rename or move tracked data together with its .dvc file',
    load: () => import('./move-verb.ts'),
  },
  remove: {
    description: 'stop tracking data, or take stages out of dvc.yaml; the data stays unless asked',
    load: () => import('./remove-verb.ts'),
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
  root: {
    description: "print the way to the repository's root, relative to here",
    load: () => import('./root-verb.ts'),
  },
  freeze: {
    description: 'leave stages or imports alone, whatever changes before them',
    load: () => import('./freeze-verb.ts'),
  },
  unfreeze: {
    description: 'let frozen stages or imports be brought up to date again',
    load: () => import('./unfreeze-verb.ts'),
  },
  'stage add': {
    description: 'declare a stage in dvc.yaml',
    load: () => import('./stage-add-verb.ts'),
  },
  'stage list': { description: 'list stages', load: () => import('./stage-list-verb.ts') },
  status: {
    description: 'show which stages and tracked files changed, or what a remote lacks',
    load: () => import('./status-verb.ts'),
  },
  gc: {
    description: 'remove objects from the cache that nothing needs; shows them first',
    load: () => import('./gc-verb.ts'),
  },
  ls: {
    description: 'list files of a repository, tracked data among them',
    load: () => import('./list-verb.ts'),
  },
  diff: {
    description: 'show tracked data that was added, changed, renamed or deleted between commits',
    load: () => import('./diff-verb.ts'),
  },
  'data status': {
    description: 'show changes of tracked data: committed, not committed, missing in the cache',
    load: () => import('./data-status-verb.ts'),
  },
  unprotect: {
    description: 'make tracked files safe to edit where they are links to the cache',
    load: () => import('./unprotect-verb.ts'),
  },
  version: { description: 'print the version of mainline', load: () => import('./version-verb.ts') },
};
