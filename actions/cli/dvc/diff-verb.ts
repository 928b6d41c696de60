// mainline dvc diff: tracked data of two commits, or of a commit and the work tree.
import type { DiffEntry, RevisionDiff } from '#lib/flows/dvc/diff.ts';
import { visible } from '../say.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly targets?: readonly string[];
  readonly json?: boolean;
  readonly showHash?: boolean;
  readonly md?: boolean;
  readonly hideMissing?: boolean;
}

export const verb: Verb = {
  description: 'show tracked data that was added, changed, renamed or deleted between commits',
  define: command =>
    command
      .argument('[before]', 'the older commit', 'HEAD')
      .argument('[after]', 'the newer one; the work tree unless given')
      .option('--targets <paths...>', 'only these tracked files and folders, or paths inside them')
      .option('--json', 'show it as JSON')
      .option('--show-hash', 'show the hash of each entry')
      .option('--md', 'show it as a Markdown table')
      .option('--hide-missing', 'leave out what is missing in the cache')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc diff                     the work tree against the last commit
  mainline dvc diff v1.0 main --md      two commits, as a table for a pull request

Exit codes: 0 whatever differs, 1 something has to be mended, 254 usage`,
      )
      .action((before: string, after: string | undefined, options: Options) =>
        endingWith(1, () => run({ before, after }, options)),
      ),
};

async function run(
  revisions: { readonly before: string; readonly after: string | undefined },
  options: Options,
): Promise<void> {
  const { diffRevisions, revisionDiffToJson } = await import('#lib/flows/dvc/diff.ts');
  const { json, md, showHash = false, targets = [], quiet } = options;
  const diff = await diffRevisions({
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now(), targets },
    ...revisions,
  });
  const hideMissing = revisions.after !== undefined || options.hideMissing === true;
  if (json) process.stdout.write(`${JSON.stringify(revisionDiffToJson(diff, { showHash, hideMissing }))}\n`);
  else if (md) process.stdout.write(formatTable(groupsOf(diff, hideMissing), showHash));
  else if (!quiet) process.stdout.write(formatText(groupsOf(diff, hideMissing), showHash));
}

type Groups = readonly (readonly [name: string, entries: readonly DiffEntry[]])[];

function groupsOf(diff: RevisionDiff | undefined, hideMissing: boolean): Groups {
  if (!diff) return [];
  const { added, deleted, renamed, modified, notInCache = [] } = diff;
  const groups: Groups = [
    ['added', added],
    ['deleted', deleted],
    ['renamed', renamed],
    ['modified', modified],
    ['not in cache', hideMissing ? [] : notInCache],
  ];
  return groups.filter(([, entries]) => entries.length > 0);
}

function formatText(groups: Groups, showHash: boolean): string {
  if (groups.length === 0) return '';
  const texts = groups.map(([name, entries]) => {
    const lines = entries.map(entry => `    ${showHash ? `${shortHash(entry)}  ` : ''}${pathText(entry)}\n`);
    return `${name.charAt(0).toUpperCase()}${name.slice(1)}:\n${lines.join('')}\n`;
  });
  const counts = groups
    .map(([name, entries]) => ({
      name,
      files: entries.filter(entry => !pathText(entry).endsWith('/')).length,
    }))
    .filter(({ files }) => files > 0)
    .map(({ name, files }) => `${files} ${name}`);
  return `${texts.join('')}${counts.length > 0 ? `files summary: ${counts.join(', ')}\n` : ''}`;
}

function formatTable(groups: Groups, showHash: boolean): string {
  const head = showHash ? ['Status', 'Hash', 'Path'] : ['Status', 'Path'];
  const rows = groups.flatMap(([name, entries]) =>
    entries.map(entry => [name, ...(showHash ? [shortHash(entry)] : []), escapeCell(pathText(entry))]),
  );
  const lines = [head, head.map(title => '-'.repeat(title.length)), ...rows];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function escapeCell(text: string): string {
  return text.replace(/[\\|`<*_[\]]/gu, '\\$&');
}

function pathText({ path }: DiffEntry): string {
  return visible(typeof path === 'string' ? path : `${path.old} -> ${path.new}`);
}

const SHORT = 8;

function shortHash({ hash }: DiffEntry): string {
  if (hash === null || typeof hash === 'string') return hash?.slice(0, SHORT) ?? '';
  return `${hash.old?.slice(0, SHORT) ?? ''}..${hash.new?.slice(0, SHORT) ?? ''}`;
}
