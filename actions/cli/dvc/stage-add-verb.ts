// mainline dvc stage add: declares a stage in dvc.yaml.
import type { NewOutput } from '#lib/dvc/pipeline/stage-write.ts';
import { say } from '../say.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly name: string;
  readonly force?: boolean;
  readonly deps: readonly string[];
  readonly params: readonly string[];
  readonly outs: readonly string[];
  readonly outsNoCache: readonly string[];
  readonly outsPersist: readonly string[];
  readonly outsPersistNoCache: readonly string[];
  readonly metrics: readonly string[];
  readonly metricsNoCache: readonly string[];
  readonly plots: readonly string[];
  readonly plotsNoCache: readonly string[];
  readonly wdir?: string;
  readonly alwaysChanged?: boolean;
  readonly desc?: string;
  readonly run?: boolean;
}

const gather = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const verb: Verb = {
  description: 'declare a stage in dvc.yaml',
  define: command => {
    // What follows the first word of the command belongs to it, options and all.
    command.parent?.enablePositionalOptions();
    command.parent?.parent?.enablePositionalOptions();
    addWriteOptions(command)
      .passThroughOptions()
      .argument('[command...]', 'what the stage runs')
      .requiredOption('-n, --name <name>', 'name of the stage')
      .option('-f, --force', 'replace a stage of this name')
      .option('-d, --deps <path>', 'a file or folder it reads; may be repeated', gather, [])
      .option(
        '-p, --params <[file:]keys>',
        'parameters it takes, with commas between; may be repeated',
        gather,
        [],
      )
      .option('-o, --outs <path>', 'a file or folder it makes; may be repeated', gather, [])
      .option('-O, --outs-no-cache <path>', 'the same, kept by git instead of the cache', gather, [])
      .option('--outs-persist <path>', 'an output that stays in place while the stage runs', gather, [])
      .option('--outs-persist-no-cache <path>', 'the same, kept by git instead of the cache', gather, [])
      .option('-m, --metrics <path>', 'a file of metrics it makes', gather, [])
      .option('-M, --metrics-no-cache <path>', 'the same, kept by git instead of the cache', gather, [])
      .option('--plots <path>', 'a file of points to plot', gather, [])
      .option('--plots-no-cache <path>', 'the same, kept by git instead of the cache', gather, [])
      .option('-w, --wdir <path>', 'folder that the command runs in')
      .option('--always-changed', 'run it every time')
      .option('--desc <text>', 'what the stage is for')
      .option('--run', 'run the stage at once')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc stage add -n prep -d raw.csv -o clean.csv python prep.py
  mainline dvc stage add -n train -d clean.csv -p lr,train.epochs -o model.pt -M metrics.json python train.py`,
      )
      .action(run);
  },
};

async function run(words: readonly string[], options: Options): Promise<void> {
  if (words.length === 0) {
    const { ConfigurationError } = await import('#lib/errors.ts');
    throw new ConfigurationError(`What ${options.name} should run is missing`, {
      remedy: `Write the command last: mainline dvc stage add -n ${options.name} python train.py`,
    });
  }
  const { addStage } = await import('#lib/flows/dvc/stage-add.ts');
  const { name, deps, desc, wdir, force, quiet = false } = options;
  const written = await addStage({
    ...writing(options),
    stage: {
      ...{ name, deps, desc },
      cmd: joinCommand(words),
      params: parseParams(options.params),
      outs: toOutputs(options),
      alwaysChanged: options.alwaysChanged === true,
    },
    ...{ wdir, force },
  });
  if (!quiet) {
    say('done', `stage ${name} is in dvc.yaml`);
    sayWritten(written);
    if (written.missing)
      say('note', `${written.missing} is not there yet: git ignores its outputs once the stage has run`);
  }
  if (options.run) await runStage(name, options);
}

/** DVC quotes words with spaces, unless they hold quotes already. */
function joinCommand(words: readonly string[]): string {
  if (words.length < 2) return words.join(' ');
  return words
    .map(word => (word === '' ? '""' : word.includes(' ') && !word.includes('"') ? `"${word}"` : word))
    .join(' ');
}

/** `lr,seed` of params.yaml, `other.json:a.b`, `other.json:` for all of a file. */
function parseParams(entries: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const params = new Map<string, readonly string[]>();
  for (const entry of entries) {
    const colon = entry.lastIndexOf(':');
    const file = colon <= 0 ? 'params.yaml' : entry.slice(0, colon);
    const keys = entry
      .slice(colon + 1)
      .split(',')
      .filter(Boolean);
    params.set(file, [...(params.get(file) ?? []), ...keys]);
  }
  return params;
}

function toOutputs(options: Options): readonly NewOutput[] {
  const all = (
    paths: readonly string[],
    kind: NewOutput['kind'],
    { cache = true, persist = false }: { readonly cache?: boolean; readonly persist?: boolean } = {},
  ) => paths.map((path): NewOutput => ({ path, kind, cache, persist }));
  // DVC's order, in which .gitignore gets its entries.
  return [
    ...all(options.outsPersist, 'outs', { persist: true }),
    ...all(options.outsPersistNoCache, 'outs', { cache: false, persist: true }),
    ...all(options.metrics, 'metrics'),
    ...all(options.metricsNoCache, 'metrics', { cache: false }),
    ...all(options.plots, 'plots'),
    ...all(options.plotsNoCache, 'plots', { cache: false }),
    ...all(options.outsNoCache, 'outs', { cache: false }),
    ...all(options.outs, 'outs'),
  ];
}

async function runStage(name: string, options: Options): Promise<void> {
  const [{ reproduceRepository }, { createShow }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/repro.ts'),
    import('./repro-show.ts'),
    import('../interrupt.ts'),
  ]);
  const { errors } = await reproduceRepository({
    ...writing(options),
    targets: [name],
    single: true,
    force: true,
    signal: interruptSignal(),
    onEvent: createShow({ quiet: options.quiet === true, prefixed: false }),
    onRecovered: () => {},
    onNote: text => say('note', text, process.stderr),
  });
  const [first] = errors;
  if (first !== undefined) throw first;
}
