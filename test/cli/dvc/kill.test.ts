// kill -9 at 200 seeded moments: nothing that was whole is lost, no partial object is ever seen, and the same command run
// again ends as if nobody had killed it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createRandom } from '#lib/stats/random.ts';
import {
  findObjects,
  type KilledCommand,
  killAndRepeat,
  measureCommand,
  runDvcVerb,
  startDvcVerb,
  waitFor,
} from '../../support/killed-command.ts';

const MOMENTS_PER_COMMAND = 34;
const AT_ONCE = 2;
const FILES = 60;
const TIMEOUT_MS = 600_000;

const templates: string[] = [];
afterAll(() => {
  for (const template of templates) rmSync(template, { recursive: true, force: true });
});

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** One file large enough to be seen half written, and many small ones. */
function manyFiles(prefix: string, count = FILES): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}/${index % 7}/${index}.txt`);
  const large = { [`${prefix}/5/large.txt`]: `${prefix}\n`.repeat(1_000_000) };
  const small = Object.fromEntries(
    names.map((name, index) => [name, `${name}\n`.repeat(index % 10 === 0 ? 5_000 : 20)]),
  );
  return { ...large, ...small };
}

const PIPELINE = `stages:
  a: {cmd: cat data/0/*.txt > a.txt, deps: [data], outs: [a.txt]}
  b: {cmd: cp -r data/1 b, deps: [a.txt], outs: [b]}
  c: {cmd: 'cat a.txt a.txt > c.txt', deps: [a.txt, b], outs: [c.txt], metrics: [c.json: {cache: false}]}
  d: {cmd: cp c.txt d.txt, deps: [c.txt], params: [seed], outs: [d.txt]}
`.replace('a.txt > c.txt', 'a.txt > c.txt && echo 1 > c.json');

/** A repository with a tracked folder, all of it committed, and a remote beside it. */
async function createRepository(): Promise<string> {
  const template = mkdtempSync(join(tmpdir(), 'kill-template-'));
  templates.push(template);
  const folder = join(template, 'repository');
  write(folder, { ...manyFiles('data'), 'dvc.yaml': PIPELINE, 'params.yaml': 'seed: 1\n' });
  execFileSync('git', ['init', '--quiet', folder]);
  await run(folder, 'init');
  await run(folder, 'remote', 'add', '-d', 'origin', '../remote');
  await run(folder, 'add', 'data');
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  execFileSync('git', [...author, 'add', '-A'], { cwd: folder });
  execFileSync('git', [...author, 'commit', '--quiet', '-m', 'data'], { cwd: folder });
  return template;
}

async function run(folder: string, ...words: readonly string[]): Promise<void> {
  const { code, output } = await runDvcVerb(folder, ...words);
  expect(code, `${words.join(' ')}: ${output}`).toBe(0);
}

function erase(template: string, ...paths: readonly string[]): void {
  for (const path of paths) rmSync(join(template, 'repository', path), { recursive: true });
}

/** Everything that lies in cache and remote before the command. */
function listKept(template: string): ReadonlySet<string> {
  return new Set(findObjects(template).map(({ place, md5 }) => `${place}:${md5}`));
}

type Prepare = (template: string) => Promise<Omit<KilledCommand, 'template'>>;

const commands: Readonly<Record<string, Prepare>> = {
  add: async template => {
    write(join(template, 'repository'), { ...manyFiles('more'), ...manyFiles('data/new', 20) });
    return { words: ['add', 'more', 'data'], kept: listKept(template) };
  },
  repro: async template => ({ words: ['repro'], kept: listKept(template) }),
  push: async template => {
    await run(join(template, 'repository'), 'repro');
    return { words: ['push', '--run-cache'], kept: listKept(template) };
  },
  pull: async template => {
    await run(join(template, 'repository'), 'repro');
    await run(join(template, 'repository'), 'push', '--run-cache');
    erase(template, '.dvc/cache', 'data', 'a.txt', 'b', 'c.txt', 'd.txt');
    return { words: ['pull', '--run-cache'], kept: listKept(template) };
  },
  checkout: async template => {
    await run(join(template, 'repository'), 'repro');
    erase(template, 'data/3', 'a.txt', 'b');
    write(join(template, 'repository'), { 'data/4/4.txt': 'another\n' });
    return { words: ['checkout', '--force'], kept: listKept(template) };
  },
  gc: async template => {
    const kept = listKept(template);
    write(join(template, 'repository'), manyFiles('old'));
    await run(join(template, 'repository'), 'add', 'old');
    erase(template, 'old', 'old.dvc');
    return { words: ['gc', '--workspace', '--force'], kept };
  },
};

it.each(Object.entries(commands))(
  'a killed %s loses nothing, and ends well when it is run again',
  async (name, prepare) => {
    const template = await createRepository();
    const command = { template, ...(await prepare(template)) };
    const reference = await measureCommand(command);
    const random = createRandom(Object.keys(commands).indexOf(name) + 1);
    const moments = Array.from({ length: MOMENTS_PER_COMMAND }, () => 0.2 + 0.9 * random.next());
    const wrong: string[] = [];
    const worker = async () => {
      for (let moment = moments.pop(); moment !== undefined; moment = moments.pop())
        wrong.push(...(await killAndRepeat(command, reference, moment * reference.durationMs)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong).toEqual([]);
  },
  TIMEOUT_MS,
);

it('an interrupted repro leaves no lock, and the next command works at once', async () => {
  const template = await createRepository();
  const folder = join(template, 'repository');
  write(folder, {
    'dvc.yaml': 'stages:\n  slow: {cmd: touch started && sleep 60, outs: [out.txt]}\n',
    'new.txt': 'new\n',
  });
  const child = startDvcVerb(folder, ['repro']);
  const ended = waitFor(child);
  while (!existsSync(join(folder, 'started')) && child.exitCode === null)
    await new Promise(resolve => setTimeout(resolve, 20));
  process.kill(-Number(child.pid), 'SIGINT');
  const { code, signal } = await ended;
  expect([code, signal]).not.toEqual([0, null]);
  const rwlock = join(folder, '.dvc/tmp/rwlock');
  expect(existsSync(join(folder, '.dvc/tmp/mainline/lock'))).toBe(false);
  expect(existsSync(rwlock) ? readFileSync(rwlock, 'utf8') : '{}').not.toContain(String(child.pid));
  await run(folder, 'add', 'new.txt');
});
