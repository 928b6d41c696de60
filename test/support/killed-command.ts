// One command killed at a drawn moment: what has to hold at that moment, and after the same command has run again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { launcher } from './workspace.ts';

/** A command and the folder it starts from: `repository`, with `remote` beside it. */
export interface KilledCommand {
  readonly words: readonly string[];
  /** Holds `repository` and `remote`; copied for each run. */
  readonly template: string;
  /** Names of objects, as `<place>:<md5>`, that have to be there at every moment. */
  readonly kept: ReadonlySet<string>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

const OBJECT = /(?:^|\/)([0-9a-f]{2})\/([0-9a-f]{30}(?:\.dir)?)$/;

export function startDvcVerb(folder: string, words: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1', DVC_GLOBAL_CONFIG_DIR: join(folder, '../global') };
  return spawn(process.execPath, [launcher, 'dvc', ...words], { cwd: folder, env, detached: true });
}

export function waitFor(child: ChildProcess): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', text => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

/** Runs a verb to its end. */
export function runDvcVerb(folder: string, ...words: readonly string[]): Promise<Ended> {
  return waitFor(startDvcVerb(folder, words));
}

/** A copy of the template, with the times of its files. */
export function copyTemplate(template: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  execFileSync('cp', ['-a', `${template}/.`, folder]);
  return folder;
}

export interface Reference {
  readonly durationMs: number;
  readonly files: ReadonlyMap<string, string>;
}

/** What the command leaves when nobody kills it, and how long it takes: the median of three runs. */
export async function measureCommand({ template, words }: KilledCommand): Promise<Reference> {
  const runs: Reference[] = [];
  for (let run = 0; run < 3; run++) {
    const folder = copyTemplate(template);
    const before = performance.now();
    const { code, output } = await runDvcVerb(join(folder, 'repository'), ...words);
    if (code !== 0) throw new Error(`${words.join(' ')} ends with ${code}: ${output}`);
    runs.push({ durationMs: performance.now() - before, files: readFiles(folder) });
    rmSync(folder, { recursive: true });
  }
  const [, median] = runs.toSorted((a, b) => a.durationMs - b.durationMs);
  if (median === undefined) throw new RangeError('three runs were measured');
  return median;
}

/** Kills the command after so many milliseconds. @returns what is wrong then or after the command has run again. */
export async function killAndRepeat(
  command: KilledCommand,
  reference: Reference,
  afterMs: number,
): Promise<readonly string[]> {
  const folder = copyTemplate(command.template);
  const child = startDvcVerb(join(folder, 'repository'), command.words);
  const ended = waitFor(child);
  await new Promise(resolve => setTimeout(resolve, afterMs));
  killGroup(child);
  await ended;
  const broken = [...findPartial(folder), ...findUnreadable(folder), ...findLost(folder, command.kept)];
  const again = await runDvcVerb(join(folder, 'repository'), ...command.words);
  const second = again.code === 0 ? [] : [`the second run ends with ${again.code}: ${again.output}`];
  const found = [...broken, ...second, ...compare(reference.files, readFiles(folder))];
  if (found.length === 0) rmSync(folder, { recursive: true });
  return found.map(what => `killed after ${afterMs.toFixed(1)} ms, ${folder}: ${what}`);
}

/** The command and every stage it started; the group may be gone by itself. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Files below, without what is the tools' own. */
function walk(folder: string, path = ''): readonly string[] {
  if (!existsSync(join(folder, path))) return [];
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap(entry => {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    if (/^repository\/(?:\.git|\.dvc\/tmp)$|^global$/.test(inner)) return [];
    return entry.isDirectory() ? walk(folder, inner) : [inner];
  });
}

/** Objects under their names whose bytes are others. */
function findPartial(folder: string): readonly string[] {
  return findObjects(folder).flatMap(({ path, md5 }) => {
    const bytes = readFileSync(join(folder, path));
    return createHash('md5').update(bytes).digest('hex') === md5.slice(0, 32)
      ? []
      : [`${path} holds other bytes`];
  });
}

export function findObjects(
  folder: string,
): readonly { readonly path: string; readonly place: string; readonly md5: string }[] {
  return walk(folder).flatMap(path => {
    const [, start, rest] = OBJECT.exec(path) ?? [];
    if (start === undefined || !path.includes('files/md5/')) return [];
    return [{ path, place: path.startsWith('remote/') ? 'remote' : 'cache', md5: `${start}${rest}` }];
  });
}

function findUnreadable(folder: string): readonly string[] {
  return walk(folder).flatMap(path => {
    const isYaml = /\.dvc$|dvc\.lock$|dvc\.yaml$|\/runs\/[0-9a-f/]+$/.test(path);
    if (!isYaml && !(OBJECT.test(path) && path.endsWith('.dir'))) return [];
    const text = readFileSync(join(folder, path), 'utf8');
    try {
      const value: unknown = isYaml ? parse(text) : JSON.parse(text);
      return value === null ? [`${path} is empty`] : [];
    } catch (error) {
      return [`${path} cannot be read: ${error}`];
    }
  });
}

function findLost(folder: string, kept: ReadonlySet<string>): readonly string[] {
  const there = new Set(findObjects(folder).map(({ place, md5 }) => `${place}:${md5}`));
  return [...kept].filter(name => !there.has(name)).map(name => `${name} is lost`);
}

/** Contents by path; in cache and remote only what stands under an object's or a run's name. */
function readFiles(folder: string): ReadonlyMap<string, string> {
  const stored = /^remote\/|^repository\/\.dvc\/cache\//;
  const named =
    /\/files\/md5\/[0-9a-f]{2}\/[0-9a-f]{30}(?:\.dir)?$|\/runs\/(?:[0-9a-f]{2,64}\/){2}[0-9a-f]{64}$/;
  const paths = walk(folder).filter(path => !stored.test(path) || named.test(path));
  return new Map(paths.map(path => [path, readContent(join(folder, path))]));
}

function readContent(path: string): string {
  const info = lstatSync(path);
  if (info.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return `${(info.mode & 0o777).toString(8)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

function compare(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].toSorted();
  return paths
    .filter(path => expected.get(path) !== found.get(path))
    .map(path => `${path} is ${found.get(path) ?? 'missing'} instead of ${expected.get(path) ?? 'missing'}`)
    .slice(0, 5);
}
