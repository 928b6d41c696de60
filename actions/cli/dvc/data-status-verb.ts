// mainline dvc data status: tracked data in three states, the last commit, what is recorded, and the work tree.
import { styleText } from 'node:util';
import type { DataDifferences, DataStatus } from '#lib/flows/dvc/data-status.ts';
import { visible } from '../say.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
  readonly granular?: boolean;
  readonly unchanged?: boolean;
  readonly untrackedFiles: 'no' | 'all' | true;
  readonly remote?: string;
  readonly notInRemote?: boolean;
}

export const verb: Verb = {
  description: 'show changes of tracked data: committed, not committed, missing in the cache',
  define: command =>
    command
      .argument('[targets...]', "paths from the repository's root; everything unless given")
      .option('--json', 'show it as JSON')
      .option('--granular', 'look into tracked folders, file by file')
      .option('--unchanged', 'also what did not change')
      .option('--untracked-files [no|all]', 'also files that neither git nor DVC tracks', 'no')
      .option('-r, --remote <name>', 'with --not-in-remote: the remote to ask')
      .option('--not-in-remote', 'also what the remote lacks')
      .option('--no-remote-refresh', 'accepted as DVC has it; the remote is always asked')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc data status --granular
  mainline dvc data status --json --untracked-files

Exit codes: 0 whatever changed, 255 something has to be mended, 254 usage`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const { dataStatusOfRepository, dataStatusToJson } = await import('#lib/flows/dvc/data-status.ts');
  const { granular = false, unchanged = false, json, untrackedFiles, notInRemote = false, remote } = options;
  const found = await dataStatusOfRepository({
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now() },
    ...{ targets, granular, unchanged, remote, notInRemote },
    untracked: untrackedFiles !== 'no',
  });
  const status: DataStatus = unchanged ? found : { ...found, unchanged: [] };
  if (json) process.stdout.write(`${JSON.stringify(dataStatusToJson(status))}\n`);
  else if (!options.quiet) await show(status);
}

async function show(status: DataStatus): Promise<void> {
  const { detectTerminal } = await import('../terminal.ts');
  const { color } = detectTerminal(process.stdout, process.env);
  const sections = sectionsOf(status).filter(({ lines }) => lines.length > 0);
  if (sections.length === 0) process.stdout.write('No changes.\n');
  const texts = sections.map(({ title, hue, lines, hint }) => {
    const head = hint === undefined ? title : `${title}\n  (${hint})`;
    const paint = (line: string) => (color ? styleText(hue, line, { validateStream: false }) : line);
    return `${head}\n${lines.map(line => `        ${paint(visible(line))}\n`).join('')}`;
  });
  process.stdout.write(texts.join('\n'));
}

interface Section {
  readonly title: string;
  readonly hue: 'red' | 'green' | 'yellow' | 'cyan' | 'white';
  readonly lines: readonly string[];
  readonly hint?: string;
}

function sectionsOf(status: DataStatus): readonly Section[] {
  const { notInCache, notInRemote, committed, uncommitted, untracked, unchanged } = status;
  return [
    { title: 'Not in cache:', hue: 'red', lines: notInCache, hint: 'fetch it: mainline dvc fetch' },
    { title: 'Not in remote:', hue: 'red', lines: notInRemote, hint: 'send it: mainline dvc push' },
    {
      title: 'Recorded, and not yet committed to git:',
      hue: 'green',
      lines: committed ? linesOf(committed) : [],
      hint: 'commit the .dvc files and dvc.lock to git',
    },
    {
      title: 'Changed, and not yet recorded:',
      hue: 'yellow',
      lines: linesOf(uncommitted),
      hint: 'record it: mainline dvc commit, or take it back: mainline dvc checkout',
    },
    { title: 'Untracked:', hue: 'cyan', lines: untracked },
    { title: 'Unchanged:', hue: 'white', lines: unchanged },
  ];
}

function linesOf({ renamed, ...kinds }: DataDifferences): readonly string[] {
  const lines = Object.entries(kinds).flatMap(([kind, paths]) => paths.map(path => `${kind}: ${path}`));
  return [...lines, ...renamed.map(one => `renamed: ${one.old} -> ${one.new}`)];
}
