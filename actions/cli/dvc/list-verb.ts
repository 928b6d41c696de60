// mainline dvc ls: what a repository holds, git's files and tracked data side by side.
import { InvalidArgumentError } from 'commander';
import { ConfigurationError } from '#lib/errors.ts';
import type { ListedEntry } from '#lib/flows/dvc/list.ts';
import { visible } from '../say.ts';
import { endingWith } from './exit-code.ts';
import { sizeText } from './size-text.ts';
import { type CommonOptions, EXIT, type Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly recursive?: boolean;
  readonly tree?: boolean;
  readonly level?: number;
  readonly dvcOnly?: boolean;
  readonly json?: boolean;
  readonly rev?: string;
  readonly size?: boolean;
  readonly showHash?: boolean;
}

export const verb: Verb = {
  description: 'list files of a repository, tracked data among them',
  define: command =>
    command
      .alias('list')
      .argument('<url>', 'a repository on this machine, such as .')
      .argument('[path]', 'a folder or file inside it')
      .option('-R, --recursive', 'list files at every depth')
      .option('-T, --tree', 'show folders as a tree')
      .option('-L, --level <depth>', 'how deep --recursive and --tree go', parseLevel)
      .option('--dvc-only', 'only tracked data')
      .option('--json', 'show it as JSON')
      .option('--rev <commit>', 'at this commit, branch or tag')
      .option('--size', 'show sizes')
      .option('--show-hash', 'show hashes')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc ls . data --size
  mainline dvc ls . --rev v1.0 -R --dvc-only

Exit codes: 0 done, 1 there is no such path or revision, 254 usage`,
      )
      .action((url: string, path: string | undefined, options: Options) =>
        endingWith(1, () => run({ url, path: path ?? '' }, options)),
      ),
};

function parseLevel(text: string): number {
  const level = Number(text);
  if (Number.isSafeInteger(level) && level >= 0) return level;
  throw new InvalidArgumentError('Write a whole number.');
}

async function run(place: { readonly url: string; readonly path: string }, options: Options): Promise<void> {
  const { json, tree = false, recursive = false, dvcOnly = false, level, rev: revision, quiet } = options;
  if (json && tree) {
    const error = new ConfigurationError('--tree does not go with --json', { remedy: 'Use -R --json.' });
    throw Object.assign(error, { exitCode: EXIT.failed });
  }
  const { listRepository } = await import('#lib/flows/dvc/list.ts');
  const entries = await listRepository({
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now() },
    ...{ ...place, recursive: recursive || tree, withFolders: tree, dvcOnly, level, revision },
  });
  if (json) process.stdout.write(`${JSON.stringify(entries)}\n`);
  else if (!quiet) {
    const lines = tree
      ? toTree(entries, place.path || '.')
      : entries.map(entry => ({ entry, text: entry.path }));
    process.stdout.write(format(lines, options));
  }
}

interface Line {
  readonly entry: ListedEntry | undefined;
  readonly text: string;
}

function format(lines: readonly Line[], { size = false, showHash = false }: Options): string {
  const rows = lines.map(({ entry, text }) => ({
    size: entry && !entry.isdir && entry.size !== null ? sizeText(entry.size) : '',
    md5: entry?.md5 ?? '',
    text,
  }));
  const sizeWidth = Math.max(0, ...rows.map(row => row.size.length));
  const md5Width = Math.max(0, ...rows.map(row => row.md5.length));
  return rows
    .map(row => {
      const columns = [
        ...(size ? [row.size.padStart(sizeWidth)] : []),
        ...(showHash ? [row.md5.padEnd(md5Width)] : []),
      ];
      return `${[...columns, visible(row.text)].join('  ')}\n`;
    })
    .join('');
}

/** Entries sorted so that a folder stands before what it holds. */
function toTree(entries: readonly ListedEntry[], top: string): readonly Line[] {
  const byFolder = Map.groupBy(entries, ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const lines = (folder: string, indent: string): readonly Line[] => {
    const inner = byFolder.get(folder) ?? [];
    return inner.flatMap((entry, index) => {
      const isLast = index === inner.length - 1;
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      const own = { entry, text: `${indent}${isLast ? '└── ' : '├── '}${name}` };
      return [own, ...(entry.isdir ? lines(entry.path, `${indent}${isLast ? '    ' : '│   '}`) : [])];
    });
  };
  return [{ entry: undefined, text: top }, ...lines('', '')];
}
