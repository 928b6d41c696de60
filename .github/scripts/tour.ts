// npm run tour: the whole life of a model in a scratch repository with real git, real training and real HTTP traffic.
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { styleText } from 'node:util';
import { createSandbox, MODEL, type Sandbox, startServer } from './tour/sandbox.ts';
import { requestFrom, startTraffic, type Traffic } from './tour/traffic.ts';

const begin = performance.now();
const times: (readonly [string, number])[] = [];
const isColored = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (style: 'bold' | 'dim' | 'cyan', text: string): string =>
  isColored ? styleText(style, text, { validateStream: false }) : text;

let chapterNumber = 0;
function chapter(title: string): void {
  chapterNumber += 1;
  process.stdout.write(`\n${paint('bold', `${chapterNumber}. ${title}`)}\n`);
}

function tell(text: string): void {
  process.stdout.write(`   ${text}\n`);
}

function show(command: string, output: string, keep: RegExp): void {
  process.stdout.write(`   ${paint('cyan', `$ ${command}`)}\n`);
  for (const line of output.split('\n').filter(one => keep.test(one))) {
    process.stdout.write(`     ${line.trimEnd()}\n`);
  }
}

const sandbox = await createSandbox();
let traffic: Traffic | undefined;
let stopServer: (() => Promise<void>) | undefined;

async function leave(): Promise<void> {
  await traffic?.stop().catch(() => undefined);
  await stopServer?.().catch(() => undefined);
  await sandbox.remove();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void leave().finally(() => process.exit(130)));
}

/** Runs a command and shows it; the tour stops where one does not end as it should. */
async function mainline(
  args: readonly string[],
  { expected = 0, keep = /\S/u }: { readonly expected?: number; readonly keep?: RegExp } = {},
): Promise<string> {
  const { code, output, seconds } = await sandbox.mainline(...args);
  const words = inShell(args);
  show(`mainline ${words}${expected === 0 ? '' : `   # exit ${code}`}`, output, keep);
  if (code !== expected) throw new Error(`mainline ${words} ended with ${code}:\n${output}`);
  times.push([words, seconds]);
  return output;
}

/** As it would be typed. */
function inShell(args: readonly string[]): string {
  return args.map(arg => (/[^\w./:@=-]/u.test(arg) ? `"${arg}"` : arg)).join(' ');
}

function git(...args: string[]): string {
  const output = sandbox.git(...args);
  show(`git ${inShell(args.filter(arg => arg !== '--quiet'))}`, '', /\S/u);
  return output;
}

function branch(name: string): void {
  sandbox.git('fetch', '--quiet');
  git('switch', '--quiet', '--no-track', '--create', name, 'origin/main');
}

async function replace(file: string, from: string, to: string): Promise<void> {
  const text = await sandbox.read(file);
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await sandbox.write(
    file,
    text.replace(from, () => to),
  );
  tell(`${file}: ${oneLine(from)} -> ${oneLine(to)}`);
}

const oneLine = (text: string): string => text.trim().replace(/\s+/gu, ' ');

function push(name: string, message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  git('push', '--quiet', 'origin', name);
}

const VERDICT = /^(ok|--|\S+:)|needs|does not count|✗|failed|rmse/u;

/** Opens, checks and approves by Bob, and merges; what most pull requests are. */
async function land(number: number, method = 'squash'): Promise<void> {
  await mainline(['pull', 'check', String(number)], { keep: /^(ok|--)/u });
  await mainline(['pull', 'approve', String(number), '--as', 'bob'], { keep: /^(ok|--)/u });
  await mainline(['pull', 'merge', String(number), '--as', 'bob', '--method', method], { keep: /^ok/u });
}

/** A version goes through staging to production's pull request. */
async function release(number: number): Promise<string> {
  const output = await mainline(['release', '--as', 'bob'], { keep: /^(ok|->|rmse)/u });
  await land(number);
  await mainline(['rollout', '--as', 'bob'], { keep: /staging/u });
  return /\d+\.\d+\.\d+\.\d+/u.exec(output)?.[0] ?? '';
}

/** Lets the users ask for a while, then says who answered. */
async function count(seconds: number): Promise<ReadonlyMap<string, number>> {
  traffic?.take();
  await wait(seconds * 1000);
  const counts = traffic?.take() ?? new Map<string, number>();
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const shares = [...counts].sort().map(([name, n]) => `${name}: ${n} (${((100 * n) / all).toFixed(1)} %)`);
  tell(`${all} real requests in ${seconds} s -> ${shares.join(', ')}`);
  if (counts.has('failed')) throw new Error('a request failed');
  return counts;
}

/** Reverts the promotion that main holds last, as anybody would, and waits until the other version is silent. */
async function revert(bad: string): Promise<void> {
  sandbox.git('switch', '--quiet', 'main');
  sandbox.git('pull', '--quiet');
  git('revert', '--no-edit', 'HEAD');
  const pushed = performance.now();
  git('push', '--quiet', 'origin', 'main');
  await wait(1500);
  const last = traffic?.lastAnswer(bad) ?? pushed;
  const seconds = Math.max(0, (last - pushed) / 1000);
  tell(`the last answer of ${bad} came ${seconds.toFixed(2)} s after git push began`);
  times.push([`git push of the revert to the last answer of ${bad}`, seconds]);
  await count(1);
  await mainline(['rollout', '--as', 'bob'], { keep: /production/u });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (typeof address === 'string' || address === null) throw new Error('no port is free');
  return address.port;
}

async function tour({ work }: Sandbox): Promise<void> {
  chapter('A first model: proposed, reviewed, released, in production');
  tell(`a bare repository and a clone of it: ${work}`);
  branch('first');
  await mainline(['propose'], { keep: /^\S.*the proposal|^\s+✓ rmse/u });
  push('first', 'delivery-time: a linear model');
  await mainline(['pull', 'open', 'first', '--as', 'alice'], { keep: /^ok/u });
  await land(1);
  const first = await release(2);
  await mainline(['promote', MODEL, first, '--to', 'production', '--as', 'alice'], { keep: /^ok/u });
  sandbox.git('fetch', '--quiet');
  const promotion = `promote/${MODEL}-${first}-production`;
  git('switch', '--quiet', '--create', promotion, `origin/${promotion}`);
  const production = `models/${MODEL}/rollout/production.yaml`;
  await sandbox.write(production, `${await sandbox.read(production)}${PLAN}`);
  tell(`${production}: a plan for the versions to come, 10 %, 50 %, all`);
  push(promotion, 'production: a plan for the versions to come');
  await land(3);
  await mainline(['rollout', '--as', 'bob'], { keep: /production/u });

  chapter('Users ask: the Open Inference Protocol over HTTP');
  const port = await freePort();
  const server = await startServer(sandbox, port);
  stopServer = server.stop;
  tell(`$ mainline serve --environment production --port ${port} --poll 1s`);
  const body = requestFrom(await sandbox.read('data/deliveries/deliveries.csv'), 'time_to_delivery');
  traffic = startTraffic(server.url, body);
  await count(1);

  chapter('A proposal that makes the model worse: a gate fails and says why');
  branch('worse');
  await replace(`pipelines/${MODEL}/params.yaml`, 'train:\n', 'train:\n  features: [hour, day]\n');
  await mainline(['propose'], { expected: 1, keep: /^\s+(✗|•)/u });
  sandbox.git('checkout', '--quiet', '--', '.');

  chapter('A proposal that makes it better');
  branch('better');
  await replace(`models/${MODEL}/model.yaml`, 'among: [linear]', 'among: [linear, gradient-boosting]');
  await mainline(['propose'], { keep: /^\S.*the proposal|^\s+✓ rmse/u });
  push('better', 'delivery-time: gradient boosting');
  await mainline(['pull', 'open', 'better', '--as', 'alice'], { keep: /^ok/u });
  await mainline(['pull', 'check', '4'], { keep: /^(ok|--)/u });

  chapter('Review: the author does not count, an owner does, and only for what she saw');
  await mainline(['pull', 'approve', '4', '--as', 'alice'], { expected: 1, keep: VERDICT });
  await mainline(['pull', 'approve', '4', '--as', 'bob'], { keep: VERDICT });
  await sandbox.write(`models/${MODEL}/NOTES.md`, 'Boosting, since the linear model misses the evening.\n');
  push('better', 'a note');
  await mainline(['pull', 'show', '4'], { keep: VERDICT });
  await mainline(['pull', 'merge', '4', '--as', 'bob'], { expected: 1 });
  await land(4);

  chapter('Release: evidence again, bytes by digest, a number from facts; then staging');
  const second = await release(5);

  chapter('Production at 10 %, 50 %, all');
  await mainline(['promote', MODEL, second, '--to', 'production', '--as', 'alice'], { keep: /^ok/u });
  await land(6);
  await mainline(['rollout', '--as', 'bob'], { keep: /production/u });
  await wait(200);
  await count(3);
  const advance = ['advance', MODEL, '--in', 'production', '--server', server.url, '--as', 'bob'];
  await mainline(advance);
  await wait(200);
  await count(2);
  await mainline(advance);
  await wait(200);
  await count(1);

  chapter('git revert of the promotion: everything is back, at once');
  await revert(second);

  chapter('Once more, with the revert in the middle of the plan');
  branch('third');
  await replace(`pipelines/${MODEL}/params.yaml`, 'trees: 60', 'trees: 80');
  await mainline(['propose'], { keep: /^\S.*the proposal|^\s+✓ rmse/u });
  push('third', 'delivery-time: more trees');
  await mainline(['pull', 'open', 'third', '--as', 'alice'], { keep: /^ok/u });
  await land(7, 'rebase');
  const third = await release(8);
  await mainline(['promote', MODEL, third, '--to', 'production', '--as', 'alice'], { keep: /^ok/u });
  await land(9);
  await mainline(['rollout', '--as', 'bob'], { keep: /production/u });
  await mainline(advance, { keep: /^(ok|--)/u });
  await wait(200);
  await count(1);
  await revert(third);

  chapter('What an auditor asks');
  await mainline(['audit', 'verify']);
  const now = new Date().toISOString();
  await mainline(['audit', 'who-was-production', '--model', MODEL, '--at', now]);
}

const PLAN = `  plan:
    steps:
      - setWeight: 10
      - pause: {}
      - setWeight: 50
      - pause: {}
  judge:
    guards:
      - {metric: error_rate, atMost: 0.01}
      - {metric: slow_rate, overMs: 250, atMost: 0.05}
`;

try {
  await tour(sandbox);
  process.stdout.write(`\n${paint('bold', 'Measured')}\n`);
  const slowest = times.toSorted(([, a], [, b]) => b - a).slice(0, 5);
  for (const [what, seconds] of [...times.filter(([what]) => what.startsWith('git push')), ...slowest]) {
    tell(`${seconds.toFixed(2).padStart(6)} s  ${what}`);
  }
  tell(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  all of it`);
  process.stdout.write(
    '\nThe scratch repository is removed. README.md, "From a proposal to production", goes on from here.\n',
  );
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await leave();
}
