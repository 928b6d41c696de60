// Uploads in parts before a network that breaks and a server that refuses: the emulator of the tests knows none, so they
// meet a real server here. A part is sent again; what cannot be sent leaves neither an object nor parts of one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, type FaultyProxy, openFaultyProxy } from '../support/s3/faulty-proxy.ts';
import type { Check } from './dvc.ts';
import type { S3Place } from './dvc-s3.ts';
import type { Tool } from './dvc-turns-tools.ts';

/** Three parts. */
const LARGE = Buffer.alloc(40_000_000, 'seventeen bytes, ');
const MD5 = createHash('md5').update(LARGE).digest('hex');
const OBJECT = `files/md5/${MD5.slice(0, 2)}/${MD5.slice(2)}`;
const BUSY: Fault = { kind: 'status', status: 503, code: 'SlowDown', retryAfter: '0' };
const DENIED: Fault = { kind: 'status', status: 403, code: 'AccessDenied' };

interface Options {
  readonly home: string;
  readonly s3: S3Place;
  readonly mainline: Tool;
}

/** Pushes a large file through a network that breaks on demand. */
export async function breakUploads(options: Options): Promise<readonly Check[]> {
  const proxy = await openFaultyProxy(options.s3.endpoint);
  const isPart = (line: string, part: number) => line.includes(`partNumber=${part}&`);
  const isEnd = (line: string) => line.startsWith('POST') && line.includes('uploadId=');
  try {
    const checks: Check[] = [];
    for (const [what, fault] of [
      ['a part that breaks off twice', onceOrTwice(line => isPart(line, 2), { kind: 'sever' })],
      ['a part that meets a busy server', onceOrTwice(line => isPart(line, 3), BUSY)],
      ['an answer to the last request that is lost', onceOrTwice(isEnd, { kind: 'drop' })],
    ] as const) {
      checks.push(await pushOnce(options, { proxy, fault, name: `${what} is made good`, isSent: true }));
    }
    for (const [what, fault] of [
      ['a part that is refused', (line: string) => (isPart(line, 2) ? DENIED : undefined)],
      ['an upload that may not end', (line: string) => (isEnd(line) ? DENIED : undefined)],
    ] as const) {
      checks.push(await pushOnce(options, { proxy, fault, name: `${what} leaves nothing`, isSent: false }));
    }
    return checks;
  } finally {
    await proxy.close();
  }
}

type Plan = Parameters<FaultyProxy['plan']>[0];

function onceOrTwice(isMeant: (line: string) => boolean, fault: Fault): Plan {
  return (line, count) => (isMeant(line) && count <= 2 ? fault : undefined);
}

interface Push {
  readonly proxy: FaultyProxy;
  readonly fault: Plan;
  readonly name: string;
  readonly isSent: boolean;
}

async function pushOnce({ home, s3, mainline }: Options, push: Push): Promise<Check> {
  const { proxy, fault, name, isSent } = push;
  const folder = join(home, 'faults');
  const store = join(s3.folder, 'faults');
  for (const path of [folder, store]) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(folder, '.dvc'), { recursive: true });
  const place = { url: `${s3.url}/faults`, endpointurl: proxy.url, region: 'us-east-1', ...s3.keys };
  const remote = Object.entries(place).map(([key, value]) => `    ${key} = ${value}\n`);
  const config = `[core]\n    remote = s3\n    no_scm = true\n['remote "s3"']\n${remote.join('')}`;
  writeFileSync(join(folder, '.dvc/config'), config);
  writeFileSync(join(folder, 'model.bin'), LARGE);
  await mainline.run(folder, ['add', 'model.bin']);
  proxy.plan(fault);
  const { code, out, err } = await mainline.run(folder, ['push']);
  const object = join(store, OBJECT);
  const problems = [
    code === (isSent ? 0 : 1) ? '' : `it ended with ${code}: ${out}${err}`,
    isSent || (/remote s3: .*AccessDenied/u.test(err) && !/^ {4}at /mu.test(err)) ? '' : `it said: ${err}`,
    isSent === existsSync(object) ? '' : `the object is ${isSent ? 'not ' : ''}there`,
    !isSent || readFileSync(object).equals(LARGE) ? '' : 'the object has other bytes',
    leftOver(s3.folder).join(),
  ];
  const detail = problems.filter(problem => problem !== '').join('\n  ');
  return { name: `S3: ${name}`, passed: detail === '', detail };
}

/** Where the server keeps parts of uploads that did not end. */
function leftOver(bucket: string): readonly string[] {
  const names = readdirSync(bucket, { recursive: true, withFileTypes: true });
  return names.flatMap(one => (one.isFile() && one.parentPath.includes('.sgwtmp') ? [one.name] : []));
}
