// mainline serve as a process of its own, held to what its users rely on: the weights, the revert, and that nothing in the
// repository or the store takes traffic away.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { readRollout } from '#lib/rollout/intent.ts';
import { sum } from '../lib/onnx/models.ts';
import {
  type Asked,
  ask,
  askParcel,
  countBy,
  killServes,
  PARCEL,
  type ServeLine,
  type ServeProcess,
  startLoad,
  startServe,
  until,
} from '../support/serve-process.ts';
import {
  closeStages,
  createTwoVersions,
  NEW,
  OLD,
  openStage,
  PROGRESS,
  ROLLOUT,
  STATE,
  type Stage,
} from '../support/two-versions.ts';

let template: string;
beforeAll(async () => {
  template = await createTwoVersions();
});
afterEach(killServes);
afterAll(closeStages);

const INFER = '/v2/models/parcels/infer';
const [TENTH, HALF] = [
  { [OLD]: 90, [NEW]: 10 },
  { [OLD]: 50, [NEW]: 50 },
] as const;

const all = (version: string) => ({ [version]: 100 });
const isServing =
  (traffic: Readonly<Record<string, number>>, model = 'parcels') =>
  (line: ServeLine): boolean =>
    line.kind === 'serving' &&
    line.model === model &&
    JSON.stringify(Object.entries(line.traffic as object).sort()) ===
      JSON.stringify(Object.entries(traffic).sort());

/** Four standard deviations of a binomial around its mean. */
function expectShare(count: number, { of: n, percent }: { of: number; percent: number }): void {
  const p = percent / 100;
  expect(Math.abs(count - n * p)).toBeLessThan(4 * Math.sqrt(n * p * (1 - p)));
}

/** Every request was answered, and each version gave one answer: the name it goes by is that of the model that ran. */
function expectAnswers(asked: readonly Asked[]): void {
  expect(Object.keys(countBy(asked)).filter(by => by !== OLD && by !== NEW)).toEqual([]);
  const answers = new Set(asked.map(({ by, value }) => `${by}: ${value}`));
  expect(answers.size).toBe(new Set(asked.map(({ by }) => by)).size);
  expect(new Set(asked.map(({ value }) => value)).size).toBe(answers.size);
}

async function status(serve: ServeProcess): Promise<Readonly<Record<string, unknown>>> {
  return (await ask(`${serve.url}/v2/models/parcels/rollout`, { method: 'GET' })).body;
}

describe('the weights', () => {
  it('of 20,000 requests are what the plan says, at 10 %, at 50 % and at the end', async () => {
    const stage = await openStage(template);
    const serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const requests = 20_000;
    for (const [percent, next] of [
      [10, HALF],
      [50, all(NEW)],
    ] as const) {
      const asked = await startLoad(serve, { requests }).done;
      expectAnswers(asked);
      expect(asked).toHaveLength(requests);
      expectShare(countBy(asked)[NEW] ?? 0, { of: requests, percent });
      await stage.advance();
      await serve.serves(next);
    }
    const asked = await startLoad(serve, { requests: 1000 }).done;
    expect(countBy(asked)).toEqual({ [NEW]: 1000 });
  });

  it('keep a user on the new version once it has answered, and take them back only with a revert', async () => {
    const stage = await openStage(template);
    const serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const tenth = await usersOnNew(serve);
    expect(await usersOnNew(serve), 'asked again').toEqual(tenth);
    await stage.advance();
    await serve.serves(HALF);
    const half = await usersOnNew(serve);
    expectShare(tenth.size, { of: USERS, percent: 10 });
    expectShare(half.size, { of: USERS, percent: 50 });
    expect([...tenth].filter(user => !half.has(user))).toEqual([]);
    expect((await serve.stop('SIGKILL')).code).toBeNull();
    const again = await startServe(stage.work.root);
    expect(await usersOnNew(again), 'of another process').toEqual(half);
  });
});

const USERS = 2000;

async function usersOnNew({ url }: ServeProcess): Promise<ReadonlySet<number>> {
  const users = Array.from({ length: USERS }, (_, user) => user);
  const found = new Set<number>();
  const caller = async (): Promise<void> => {
    for (let user = users.pop(); user !== undefined; user = users.pop()) {
      const { by } = await askParcel(`${url}${INFER}`, { headers: { 'x-user': `user ${user}` } });
      expect([OLD, NEW]).toContain(by);
      if (by === NEW) found.add(user);
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  return new Set([...found].sort((a, b) => a - b));
}

/** Does something under load, waits for the line, and gives what was asked after it. */
async function underLoad(
  serve: ServeProcess,
  act: () => unknown,
  isIt: (line: ServeLine) => boolean,
): Promise<{ readonly asked: readonly Asked[]; readonly after: readonly Asked[] }> {
  const load = startLoad(serve, { connections: 8 });
  await until(async () => load.asked.length > 200);
  const told = serve.lines.length;
  await act();
  await serve.line(isIt, told);
  const swapped = performance.now();
  await until(async () => load.asked.filter(({ at }) => at > swapped).length > 500);
  const asked = await load.stop();
  return { asked, after: asked.filter(({ at }) => at > swapped) };
}

describe('git revert of the promotion under load', () => {
  it.each([
    { steps: 0, name: 'at 10 %', before: TENTH },
    { steps: 1, name: 'at 50 %', before: HALF },
    { steps: 2, name: 'when all traffic has moved', before: all(NEW) },
  ])(
    '$name: fails no request, and none that begins after the swap meets the new version',
    async ({ steps, before }) => {
      const stage = await openStage(template);
      for (let step = 0; step < steps; step++) await stage.advance();
      const serve = await startServe(stage.work.root);
      await serve.serves(before);
      const { asked, after } = await underLoad(serve, stage.revert, isServing(all(OLD)));
      expectAnswers(asked);
      expect(countBy(asked)[NEW]).toBeGreaterThan(0);
      expect(countBy(after)).toEqual({ [OLD]: after.length });
      await stage.rollout();
      await serve.line(
        line => line.kind === 'serving' && line.why === 'the rollout is complete',
        serve.lines.findLastIndex(isServing(all(OLD))),
      );
      expect(await status(serve)).toMatchObject({ traffic: all(OLD), problem: null });
    },
  );

  it('and the revert of the revert: a version that was fully live is so again, at once', async () => {
    const stage = await openStage(template);
    await stage.advance();
    await stage.advance();
    const serve = await startServe(stage.work.root);
    await serve.serves(all(NEW));
    stage.revert();
    await stage.rollout();
    await serve.serves(all(OLD));
    const { asked, after } = await underLoad(serve, stage.revert, isServing(all(NEW)));
    expectAnswers(asked);
    expect(countBy(after)).toEqual({ [NEW]: after.length });
  });

  it('and the revert of the revert: one that was not begins its plan anew when a rollout accepts it', async () => {
    const stage = await openStage(template);
    const accepted = await stage.read(PROGRESS, STATE);
    await stage.advance();
    const serve = await startServe(stage.work.root);
    stage.revert();
    await stage.rollout();
    await serve.serves(all(OLD));
    const { after } = await underLoad(
      serve,
      stage.revert,
      line => line.kind === 'serving' && String(line.why).includes('no rollout has accepted'),
    );
    expect(countBy(after)).toEqual({ [OLD]: after.length });
    await stage.pushState({ [PROGRESS]: accepted });
    await serve.serves(TENTH);
  });
});

describe('what is wrong keeps what serves, is told with its place, and is obeyed once mended:', () => {
  let stage: Stage;
  let serve: ServeProcess;
  let good: string;
  const weight = (percent: number): string => `\n      - setWeight: ${percent}\n`;
  const SECOND_STEP = weight(50);

  beforeAll(async () => {
    stage = await openStage(template);
    good = await stage.read(ROLLOUT);
  });

  /** Lets the mistake happen, looks, and mends it. */
  async function breakAndMend(mistake: {
    readonly breakIt: () => Promise<unknown>;
    readonly mendIt: () => Promise<unknown>;
    readonly problem: object;
    readonly traffic?: Readonly<Record<string, number>>;
  }): Promise<void> {
    const { breakIt, mendIt, problem, traffic = TENTH } = mistake;
    serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const told = serve.lines.length;
    await breakIt();
    const line = await serve.line(({ kind }) => kind === 'problem', told);
    expect(line).toMatchObject({ model: 'parcels', problem: { remedy: expect.any(String), ...problem } });
    expect(await status(serve)).toMatchObject({ traffic, problem });
    const asked = await startLoad(serve, { requests: 400 }).done;
    expectAnswers(asked);
    expect(Object.keys(countBy(asked)).sort()).toEqual(Object.keys(traffic).sort());
    await lettersGoOn();
    const before = serve.lines.length;
    await mendIt();
    await serve.line(({ kind, model }) => kind === 'mended' && model === 'parcels', before);
    await serve.serves(TENTH);
    expect(await status(serve)).toMatchObject({ problem: null });
    expect(serve.lines.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
  }

  /** Another model's change is taken over while parcels has its problem. */
  async function lettersGoOn(): Promise<void> {
    const path = 'rollout/letters/production.yaml';
    const progress = await stage.read(path, STATE);
    const next = progress.includes(`${OLD}: 100`) ? NEW : OLD;
    await stage.pushState({ [path]: progress.replace(/traffic:\n(?: {4}.*\n)+/u, shares(all(next))) });
    await serve.serves(all(next), 'letters');
  }

  const replace = (from: string | RegExp, to: string): string => {
    const text = good.replace(from, to);
    if (text === good) throw new Error(`the rollout does not hold ${from}`);
    return text;
  };
  const lineOf = (text: string, part: string): number =>
    text.slice(0, text.indexOf(part.trim(), text.indexOf(part))).split('\n').length;

  it.each<readonly [name: string, make: () => { text: string; at: string; message: string }]>([
    [
      'no YAML',
      () => ({ text: replace('  plan:', '  plan: ]['), at: 'plan: ][', message: 'not valid YAML' }),
    ],
    [
      'a weight beyond 100',
      () => ({ text: replace(SECOND_STEP, weight(150)), at: weight(150), message: '150' }),
    ],
    [
      'a plan that goes backwards',
      () => ({ text: replace(SECOND_STEP, weight(5)), at: weight(5), message: 'must rise' }),
    ],
    [
      'a digest that is none',
      () => ({ text: replace(/sha256:[0-9a-f]{64}/u, 'sha256:1'), at: 'sha256:1', message: 'sha256' }),
    ],
    [
      'the file of another model',
      () => ({ text: replace('model: parcels', 'model: letters'), at: 'model: letters', message: 'letters' }),
    ],
    [
      'a version that is not among the revisions',
      () => ({
        text: replace(`version: ${NEW}`, 'version: 1.0.7.0'),
        at: 'version: 1.0.7.0',
        message: '1.0.7.0',
      }),
    ],
  ])('%s', async (_, make) => {
    const { text, at, message } = make();
    await breakAndMend({
      breakIt: () => stage.push({ [ROLLOUT]: text }),
      mendIt: () => stage.push({ [ROLLOUT]: good }),
      problem: { file: ROLLOUT, line: lineOf(text, at), message: expect.stringContaining(message) },
    });
  });

  it('a version that was never released gets nothing', async () => {
    const text = good.replaceAll(NEW, '1.0.7.0');
    await breakAndMend({
      breakIt: () => stage.push({ [ROLLOUT]: text }),
      mendIt: () => stage.push({ [ROLLOUT]: good }),
      problem: { file: ROLLOUT, line: expect.any(Number), message: expect.stringContaining('1.0.7.0') },
      traffic: all(OLD),
    });
  });

  it('a digest that is not the one released gets nothing', async () => {
    const digest = (await recordOf(stage, NEW)).digest;
    const text = replace(digest, `sha256:${'0'.repeat(64)}`);
    await breakAndMend({
      breakIt: () => stage.push({ [ROLLOUT]: text }),
      mendIt: () => stage.push({ [ROLLOUT]: good }),
      problem: {
        file: ROLLOUT,
        line: lineOf(text, `sha256:${'0'.repeat(64)}`),
        message: expect.stringContaining(digest),
      },
      traffic: all(OLD),
    });
  });

  it('a record that was deleted', async () => {
    const { path, text } = await recordOf(stage, NEW);
    await breakAndMend({
      breakIt: () => stage.pushState({ [path]: null }),
      mendIt: () => stage.pushState({ [path]: text }),
      problem: { file: ROLLOUT, line: expect.any(Number), message: expect.stringContaining(NEW) },
    });
  });

  it('a progress that names percents of nothing', async () => {
    const text = await stage.read(PROGRESS, STATE);
    const bad = text.replace(`${NEW}: 10`, `${NEW}: 20`);
    await breakAndMend({
      breakIt: () => stage.pushState({ [PROGRESS]: bad }),
      mendIt: () => stage.pushState({ [PROGRESS]: text }),
      problem: { file: PROGRESS, line: lineOf(bad, 'traffic:') + 1, message: expect.stringContaining('110') },
    });
  });
});

/** The YAML of a progress' traffic. */
function shares(traffic: Readonly<Record<string, number>>, key = 'traffic'): string {
  const lines = Object.entries(traffic).map(([version, percent]) => `    ${version}: ${percent}\n`);
  return `${key}:\n${lines.join('')}`;
}

async function recordOf(
  stage: Stage,
  version: string,
): Promise<{ readonly path: string; readonly text: string; readonly digest: string }> {
  const path = `models/parcels/versions/${version}.yaml`;
  const text = await stage.read(path, STATE);
  return { path, text, digest: /sha256: (sha256:[0-9a-f]{64})/u.exec(text)?.[1] ?? '' };
}

function bytesOf({ origin }: Stage, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(origin, 'mainline', 'store', 'sha256', hex.slice(0, 2), hex);
}

it('a version whose bytes are missing or damaged gets nothing until they are whole', async () => {
  const stage = await openStage(template);
  const accepted = await stage.read(PROGRESS, STATE);
  stage.revert();
  await stage.rollout();
  const { digest } = await recordOf(stage, NEW);
  const file = bytesOf(stage, digest);
  await rename(file, `${file}.away`);
  const serve = await startServe(stage.work.root);
  await serve.serves(all(OLD));
  stage.revert();
  await stage.pushState({ [PROGRESS]: accepted });
  // The other model waits for the same bytes, and is told of first or second.
  const problem = ({ kind, model }: ServeLine): boolean => kind === 'problem' && model === 'parcels';
  await serve.line(problem);
  expect(await status(serve)).toMatchObject({
    traffic: all(OLD),
    problem: {
      message: expect.stringContaining(`parcels ${NEW} (${digest}) are not in the store`),
      remedy: expect.any(String),
    },
  });
  const told = serve.lines.length;
  await writeFile(file, 'some other bytes');
  await serve.line(problem, told);
  expect(await status(serve)).toMatchObject({ traffic: all(OLD), problem: { file } });
  expect(countBy(await startLoad(serve, { requests: 400 }).done)).toEqual({ [OLD]: 400 });
  await rename(`${file}.away`, file);
  await serve.serves(TENTH);
  expectAnswers(await startLoad(serve, { requests: 400 }).done);
});

it('a server that never had any bytes says so to callers, and serves as soon as they come', async () => {
  const stage = await openStage(template);
  const store = join(stage.origin, '..', 'bytes');
  const serve = await startServe(stage.work.root, { args: ['--store', store] });
  const problem = await serve.line(({ kind, model }) => kind === 'problem' && model === 'parcels');
  expect(problem).toMatchObject({ problem: { remedy: expect.any(String) } });
  expect(await ask(`${serve.url}${INFER}`, { body: PARCEL })).toMatchObject({
    status: 503,
    body: { error: expect.stringContaining('are not in the store') },
  });
  const ready = async (): Promise<number> =>
    (await ask(`${serve.url}/v2/health/ready`, { method: 'GET' })).status;
  expect(await ready()).toBe(503);
  await cp(join(stage.origin, 'mainline', 'store'), store, { recursive: true });
  await serve.serves(TENTH);
  expect(await ready()).toBe(200);
  expectAnswers(await startLoad(serve, { requests: 400 }).done);
});

it('a deleted rollout ends the service, and says so; a restored one begins it again', async () => {
  const stage = await openStage(template);
  const serve = await startServe(stage.work.root);
  await serve.serves(TENTH);
  const text = await stage.read(ROLLOUT);
  await stage.push({ [ROLLOUT]: null });
  await serve.line(({ kind, model }) => kind === 'gone' && model === 'parcels');
  expect(await ask(`${serve.url}${INFER}`, { body: PARCEL })).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('letters') },
  });
  await stage.push({ [ROLLOUT]: text });
  await serve.serves(TENTH);
});

describe('a repository that cannot be read', () => {
  it('because it was moved away changes nothing, and is followed again when it is back', async () => {
    const stage = await openStage(template);
    const serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const { asked } = await underLoad(
      serve,
      () => rename(stage.origin, `${stage.origin}.away`),
      ({ kind }) => kind === 'unreachable',
    );
    expectAnswers(asked);
    expect(await status(serve)).toMatchObject({ traffic: TENTH });
    expect(await ask(`${serve.url}/v2/health/ready`, { method: 'GET' })).toMatchObject({ status: 200 });
    await rename(`${stage.origin}.away`, stage.origin);
    await serve.line(({ kind }) => kind === 'reachable');
    stage.revert();
    await serve.serves(all(OLD));
    const told = serve.lines.map(({ kind }) => kind).filter(kind => /^(?:un)?reachable$/u.test(String(kind)));
    expect(told.slice(0, 2)).toEqual(['unreachable', 'reachable']);
    // Each change once; a machine with much to do may lose sight of it another time.
    expect(told.filter((kind, i) => kind === told[i - 1])).toEqual([]);
  });

  it('because objects are missing changes nothing either', async () => {
    const stage = await openStage(template);
    const serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const good = stage.work.git('-C', stage.origin, 'rev-parse', 'main');
    const bad = await stage.push({ 'models/note.md': 'a tree that is lost\n' });
    await serve.serves(TENTH);
    stage.work.git('-C', stage.origin, 'update-ref', 'refs/heads/main', good);
    const tree = stage.work.git('-C', stage.origin, 'rev-parse', `${bad}^{tree}`);
    await rm(join(stage.origin, 'objects', tree.slice(0, 2), tree.slice(2)));
    await serve.stop('SIGKILL');
    const again = await startServe(stage.work.root);
    await again.serves(TENTH);
    await writeFile(join(stage.origin, 'refs', 'heads', 'main'), `${bad}\n`);
    await again.line(({ kind }) => kind === 'unreachable');
    expect(await status(again)).toMatchObject({ traffic: TENTH });
    expectAnswers(await startLoad(again, { requests: 400 }).done);
    expect(again.lines.filter(({ kind }) => kind === 'gone')).toEqual([]);
    await writeFile(join(stage.origin, 'refs', 'heads', 'main'), `${good}\n`);
    await again.line(({ kind }) => kind === 'reachable');
  });
});

describe('the end', () => {
  it('by kill -9 loses nothing: the next process serves the same weights of the same commits', async () => {
    const stage = await openStage(template);
    await stage.advance();
    const first = await startServe(stage.work.root);
    await first.serves(HALF);
    const { traffic, commits, intent, step } = await status(first);
    const load = startLoad(first, { connections: 4 });
    await until(async () => load.asked.length > 100);
    await first.stop('SIGKILL');
    await load.stop();
    const second = await startServe(stage.work.root);
    expect(await status(second)).toMatchObject({ traffic, commits, intent, step, problem: null });
    expectAnswers(await startLoad(second, { requests: 200 }).done);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('by %s under load answers every request it took', async signal => {
    const stage = await openStage(template);
    const serve = await startServe(stage.work.root);
    await serve.serves(TENTH);
    const load = startLoad(serve, { connections: 32 });
    await until(async () => load.asked.length > 2000);
    const ended = await serve.stop(signal);
    const { ECONNREFUSED: refused, ...answered } = countBy(await load.stop());
    expect(ended).toEqual({ code: 0, stderr: '' });
    expect(refused).toBe(32);
    expect(Object.keys(answered).sort()).toEqual([OLD, NEW]);
  });
});

describe('a repository', () => {
  /** It serves what main says, and follows a revert. */
  async function expectFollowed(serve: ServeProcess, revert: () => unknown): Promise<void> {
    await serve.serves(TENTH);
    await revert();
    await serve.serves(all(OLD));
    expect(countBy(await startLoad(serve, { requests: 100 }).done)).toEqual({ [OLD]: 100 });
  }

  it('that is bare, named by its path', async () => {
    const stage = await openStage(template);
    await expectFollowed(await startServe('/', { args: ['--repository', stage.origin] }), stage.revert);
  });

  it('that is bare, named by a file:// address', async () => {
    const stage = await openStage(template);
    const address = `file://${stage.origin.replaceAll(' ', '%20')}`;
    await expectFollowed(await startServe('/', { args: ['--repository', address] }), stage.revert);
  });

  it('with a work tree and no origin', async () => {
    const stage = await openStage(template);
    const { root, git } = stage.work;
    git('branch', 'mainline/state', 'origin/mainline/state');
    git('remote', 'remove', 'origin');
    await cp(join(stage.origin, 'mainline', 'store'), join(root, '.mainline', 'store'), { recursive: true });
    await expectFollowed(await startServe(root), () => git('revert', '--no-edit', '-m', '1', 'HEAD~1'));
  });

  it('that is bare, on a machine without git', async () => {
    const stage = await openStage(template);
    const env = { PATH: dirname(process.execPath) };
    const serve = await startServe(stage.origin, { env });
    await serve.serves(TENTH);
    expectAnswers(await startLoad(serve, { requests: 400 }).done);
    stage.revert();
    await serve.serves(all(OLD));
  });

  it('that is elsewhere, over HTTP, with a store here', async () => {
    const stage = await openStage(template);
    const server = await serveGit(join(stage.origin, '..'));
    onTestFinished(() => server.close() as unknown as undefined);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop.git`;
    const store = join(stage.origin, '..', 'bytes');
    await cp(join(stage.origin, 'mainline', 'store'), store, { recursive: true });
    const folder = join(stage.origin, '..', 'somewhere');
    execFileSync('mkdir', [folder]);
    const serve = await startServe(folder, { args: ['--repository', url, '--store', store] });
    await expectFollowed(serve, stage.revert);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    await serve.line(({ kind }) => kind === 'unreachable');
    expect(countBy(await startLoad(serve, { requests: 100 }).done)).toEqual({ [OLD]: 100 });
    await serve.stop('SIGKILL');
    const offline = await startServe(folder, { args: ['--repository', url, '--store', store] });
    await offline.serves(all(OLD));
  });
});

/** git's own HTTP server, which is a CGI program. */
async function serveGit(root: string): Promise<Server> {
  const { stdout } = await promisify(execFile)('git', ['--exec-path']);
  const program = join(stdout.trim(), 'git-http-backend');
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://here');
    const child = spawn(program, {
      env: {
        ...process.env,
        ...{ GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: decodeURIComponent(pathname) },
        ...{ QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method ?? 'GET' },
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    });
    request.pipe(child.stdin);
    const chunks: Buffer[] = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    child.on('close', () => {
      const all = Buffer.concat(chunks);
      const split = all.indexOf('\r\n\r\n');
      for (const line of all.subarray(0, split).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(all.subarray(split + 4));
    });
  };
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a mirrored version', () => {
  it('gets copies, and answers nobody', async () => {
    const stage = await openStage(template);
    await mirror(stage, { version: NEW, intent: await stage.read(ROLLOUT) });
    const serve = await startServe(stage.work.root);
    await serve.serves(all(OLD));
    const asked = await startLoad(serve, { requests: 3000 }).done;
    expect(countBy(asked)).toEqual({ [OLD]: 3000 });
    await until(async () => (await copies(serve)).requests === 3000);
    expect(await copies(serve)).toEqual({ requests: 3000, errors: 0 });
  });

  it('that fails on every copy changes nothing for callers', async () => {
    const stage = await openStage(template);
    const version = '1.0.2.0';
    const bytes = encodeModel(sum);
    const digest = digestBytes(bytes);
    const file = bytesOf(stage, digest);
    execFileSync('mkdir', ['-p', join(file, '..')]);
    await writeFile(file, bytes);
    const record = await recordOf(stage, NEW);
    const text = record.text
      .replace(`version: ${NEW}`, `version: ${version}`)
      .replace(record.digest, digest)
      .replace(/bytes: \d+/u, `bytes: ${bytes.length}`);
    await stage.pushState({ [record.path.replace(NEW, version)]: text });
    const intent = (await stage.read(ROLLOUT)).replaceAll(NEW, version).replace(record.digest, digest);
    await mirror(stage, { version, intent });
    const serve = await startServe(stage.work.root);
    await serve.serves(all(OLD));
    const asked = await startLoad(serve, { requests: 3000 }).done;
    expect(countBy(asked)).toEqual({ [OLD]: 3000 });
    expectAnswers(asked);
    await until(async () => (await copies(serve, version)).requests === 3000);
    expect(await copies(serve, version)).toEqual({ requests: 3000, errors: 3000 });
  });

  /** Puts main and the state where a plan's mirror step would have brought them. */
  async function mirror(
    stage: Stage,
    { version, intent }: { version: string; intent: string },
  ): Promise<void> {
    const { digest } = readRollout(intent, { file: ROLLOUT, model: 'parcels', environment: 'production' });
    const progress = (await stage.read(PROGRESS, STATE))
      .replace(/of: .*/u, `of: ${digest}`)
      .replace(/traffic:\n(?: {4}.*\n)+/u, shares(all(OLD)))
      .replace(/mirror: \{\}\n/u, shares(all(version), 'mirror'));
    await stage.pushState({ [PROGRESS]: progress });
    await stage.push({ [ROLLOUT]: intent });
  }

  /** Copies that ran and failed, those dropped for want of room counted as run. */
  async function copies(
    serve: ServeProcess,
    version = NEW,
  ): Promise<{ readonly requests: number; readonly errors: number }> {
    const { mirrorCounts } = (await status(serve)) as {
      readonly mirrorCounts: Readonly<Record<string, { readonly requests: number; readonly errors: number }>>;
    };
    const { requests = 0, errors = 0 } = mirrorCounts[version] ?? {};
    return { requests, errors };
  }
});
