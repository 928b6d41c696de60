// What both tools say about one repository, as JSON or as text that scripts read. Neither may change anything by it.
import { draw, type Scene } from './dvc-turns-step.ts';
import type { Reply, Tool, Words } from './dvc-turns-tools.ts';

type Tools = readonly [Tool, Tool];

const STATUS: Words = ['status', '--json'];

const OTHERS: readonly Words[] = [
  ['data', 'status', '--json'],
  ['data', 'status', '--json', '--granular', '--unchanged', '--untracked-files', 'all'],
  ['diff', '--json'],
  ['diff', '--json', 'HEAD~1'],
  ['diff', '--json', '--show-hash', 'HEAD~2', 'HEAD'],
  ['ls', '.', '--json', '-R'],
  ['ls', '.', 'data', '--json', '--show-hash', '--size'],
  ['ls', '.', '--json', '-R', '--dvc-only', '--rev', 'HEAD~1'],
  ['params', 'diff', '--json', 'HEAD~1'],
  ['params', 'diff', '--json', '--all'],
  ['metrics', 'show', '--json'],
  ['metrics', 'show', '--json', '--all-commits'],
  ['metrics', 'diff', '--json', 'HEAD~1'],
  ['metrics', 'diff', '--json', '--all', 'HEAD~2'],
  ['status', '--cloud', '--json'],
  ['status', '--json', '--with-deps', 'work/folder'],
  ['status', '--json', 'data/pictures.dvc', 'split'],
  ['stage', 'list', '--all', '--name-only'],
  ['check-ignore', '-d', 'data/x.tmp', 'data/table.csv'],
  ['config', '--list'],
  ['remote', 'list'],
  ['gc', '-w', '--dry', '--skip-failed'],
];

/** The status, and one report drawn from the others: the first difference, or nothing. */
export async function compareReports(scene: Scene, tools: Tools): Promise<string> {
  const other = draw(scene, OTHERS) ?? STATUS;
  return (await compareReport(scene, tools, STATUS)) || (await compareReport(scene, tools, other));
}

/** One after the other: DVC locks the repository to read it. */
async function compareReport({ folder }: Scene, [dvc, other]: Tools, words: Words): Promise<string> {
  if (!other.knows(words)) return '';
  const [expected, found] = [await dvc.run(folder, words), await other.run(folder, words)];
  const said = `${words.join(' ')}:`;
  if (expected.code !== found.code)
    return `${said} ends with ${found.code}, not ${expected.code}: ${complaint(found)}`;
  if (expected.code !== 0 || words[0] === 'gc') return '';
  const [left, right] = [normalise(expected.out), normalise(found.out)];
  return left === right ? '' : `${said} ${excerpt(left, right)}`;
}

export function complaint({ out, err }: Reply): string {
  return (err.trim() || out.trim()).split('\n').slice(-3).join(' | ').slice(0, 400);
}

/** JSON with its keys and lists in order, since DVC makes some of them from sets; text without its columns. */
function normalise(out: string): string {
  try {
    const text = out
      .replaceAll(/\bNaN\b/g, 'null')
      .replaceAll('No storage files available', 'No such file or directory');
    return JSON.stringify(ordered(JSON.parse(text)));
  } catch {
    return out
      .split('\n')
      .map(line => line.trim().replaceAll(/\s+/g, ' '))
      .toSorted()
      .join('\n');
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(ordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, ordered(inner)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What stands around the first character that differs. */
function excerpt(left: string, right: string): string {
  let at = 0;
  while (left[at] === right[at]) at++;
  const from = Math.max(0, at - 60);
  return `…${right.slice(from, at + 120)}… instead of …${left.slice(from, at + 120)}…`;
}
