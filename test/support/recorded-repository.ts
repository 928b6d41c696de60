// Repositories as test/fixtures/dvc/status/make-status.py wrote them down, built again: commits, work tree, cache.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Text by path; `!` before a path says that it is executable. */
type Files = Readonly<Record<string, string>>;

export interface RecordedRun {
  readonly words: readonly string[];
  /** Where it was run, from the top; the top unless given. */
  readonly folder?: string;
  readonly exit: number;
  readonly json?: unknown;
}

export interface RecordedCollection {
  readonly words: readonly string[];
  readonly exit: number;
  /** Paths of the objects that gc left. */
  readonly left: readonly string[];
}

export interface RecordedState {
  /** How many commits there are. */
  readonly commits: number;
  readonly work: Files;
  /** Empty ones. */
  readonly folders: readonly string[];
  readonly cache: Files;
  readonly runs: readonly RecordedRun[];
  readonly collections?: readonly RecordedCollection[];
}

export interface RecordedScenario {
  readonly name: string;
  readonly git: boolean;
  readonly commits: readonly Files[];
  /** By index of the commit. */
  readonly refs?: {
    readonly tags: Readonly<Record<string, number>>;
    readonly branches: Readonly<Record<string, number>>;
    readonly head: number;
  };
  readonly states: readonly RecordedState[];
}

export function readRecorded(): readonly RecordedScenario[] {
  const file = join(import.meta.dirname, '../fixtures/dvc/status/recorded.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { scenarios: readonly RecordedScenario[] }).scenarios;
}

/** Builds one state in a folder of its own. @returns the folder, without links in its path */
export function buildRecorded(scenario: RecordedScenario, state: RecordedState): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'recorded-')));
  if (scenario.git) importCommits(root, scenario, state);
  writeFiles(root, state.work);
  for (const folder of state.folders) mkdirSync(join(root, folder), { recursive: true });
  writeFiles(root, state.cache, { mode: 0o444 });
  if (scenario.git && state.commits === 0) stageDvcFiles(root);
  return root;
}

function writeFiles(root: string, files: Files, { mode }: { readonly mode?: number } = {}): void {
  for (const [marked, text] of Object.entries(files)) {
    const file = join(root, marked.replace(/^!/u, ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (mode ?? marked.startsWith('!')) chmodSync(file, mode ?? 0o755);
  }
}

/** One process writes all commits; the index is then what a commit of everything leaves. */
function importCommits(root: string, scenario: RecordedScenario, state: RecordedState): void {
  const git = (words: readonly string[], input = '') =>
    execFileSync('git', words, { cwd: root, input, stdio: ['pipe', 'ignore', 'inherit'] });
  git(['init', '-q', '-b', 'main']);
  if (state.commits === 0) return;
  const commits = scenario.commits.slice(0, state.commits).map(formatCommit);
  const refs = Object.entries({ ...scenario.refs?.branches }).map(([name, at]) =>
    reset(`refs/heads/${name}`, at),
  );
  const tags = Object.entries({ ...scenario.refs?.tags }).map(([name, at]) => reset(`refs/tags/${name}`, at));
  const head = scenario.refs?.head ?? state.commits - 1;
  git(
    ['fast-import', '--quiet', '--force'],
    [...commits, ...refs, ...tags, reset('refs/heads/main', head)].join(''),
  );
  git(['read-tree', 'HEAD']);
}

/** As `dvc init` does. */
function stageDvcFiles(root: string): void {
  execFileSync('git', ['add', '.dvc/config', '.dvc/.gitignore', '.dvcignore'], { cwd: root });
}

function reset(ref: string, at: number): string {
  return `reset ${ref}\nfrom :${at + 1}\n\n`;
}

function formatCommit(files: Files, index: number): string {
  const head = `commit refs/heads/main\nmark :${index + 1}\n`;
  const who = `committer A <a@example.com> ${1_700_000_000 + index} +0000\n`;
  const changes = Object.entries(files).map(([marked, text]) => {
    const mode = marked.startsWith('!') ? '100755' : '100644';
    return `M ${mode} inline ${JSON.stringify(marked.replace(/^!/u, ''))}\n${data(text)}`;
  });
  return `${head}${who}${data(`commit ${index}`)}deleteall\n${changes.join('')}\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
