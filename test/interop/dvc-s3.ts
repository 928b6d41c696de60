// DVC and Mainline at one S3 server: what either pushes the other pulls, both lay out a bucket alike, and both say the same
// of what is here and what is there.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from './dvc.ts';
import { breakUploads } from './dvc-s3-faults.ts';
import { createEnvironment, type Reply, startDvc, startMainline, type Tool } from './dvc-turns-tools.ts';

export interface S3Place {
  /** `s3://bucket` */
  readonly url: string;
  readonly endpoint: string;
  /** Where the server keeps the bucket's objects, as files. */
  readonly folder: string;
  readonly keys: { readonly access_key_id: string; readonly secret_access_key: string };
}

interface Options {
  /** The path of the dvc program. */
  readonly dvc: string;
  /** An empty folder. */
  readonly home: string;
  readonly s3: S3Place;
}

const PIPELINE = `stages:
  count:
    cmd: echo $(wc -c < data/deep/table.csv) bytes > count.txt
    deps: [data/deep/table.csv]
    outs: [count.txt]
  copy:
    cmd: mkdir copied && ls data/many > copied/names.txt && echo copied > copied/note.txt
    deps: [data]
    outs: [copied]
`;

/** Larger than what goes in one request, for either tool. */
const LARGE = Buffer.alloc(20_000_000, 'thirteen byte');

const FILES: Readonly<Record<string, string | Buffer>> = {
  'dvc.yaml': PIPELINE,
  'data/deep/table.csv': 'a,1\r\nb,2\r\n',
  'data/empty': '',
  'data/ü \u{1f600} +%.txt': 'a name of many kinds of characters\n',
  ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`data/many/${index}`, `${index}\n`])),
  'model.bin': LARGE,
};

/** Everything that is compared through the server. */
export async function compareThroughS3({ dvc, home, s3 }: Options): Promise<readonly Check[]> {
  const env = createEnvironment(home);
  const tools = { dvc: startDvc(dvc, env), mainline: startMainline(env) };
  try {
    const exchange = { home, s3, ...tools };
    return [
      ...(await pushAndPull(exchange, tools.dvc, tools.mainline)),
      ...(await pushAndPull(exchange, tools.mainline, tools.dvc)),
      check(
        'both lay out the bucket alike',
        compareFolders(join(s3.folder, 'dvc'), join(s3.folder, 'mainline')),
      ),
      ...(await compareSent(exchange)),
      ...(await compareStatus(exchange)),
      ...(await breakUploads(exchange)),
    ];
  } finally {
    tools.dvc.stop();
  }
}

interface Exchange {
  readonly home: string;
  readonly s3: S3Place;
  readonly dvc: Tool;
  readonly mainline: Tool;
}

/** One tool makes and pushes; the other one brings all of it to an empty place, and finds nothing left to push. */
async function pushAndPull(exchange: Exchange, from: Tool, to: Tool): Promise<readonly Check[]> {
  const source = makeRepository(exchange, `${from.name}-pushes`, from.name);
  for (const [name, content] of Object.entries(FILES)) write(join(source, name), content);
  const made = [
    await from.run(source, ['add', 'data', 'model.bin']),
    await from.run(source, ['repro']),
    await from.run(source, ['push', '--run-cache']),
  ];
  const target = makeRepository(exchange, `${to.name}-pulls`, from.name);
  for (const name of ['dvc.yaml', 'dvc.lock', 'data.dvc', 'model.bin.dvc'])
    cpSync(join(source, name), join(target, name));
  const pulled = await to.run(target, ['pull', '--run-cache']);
  // DVC sends runs to S3 each time anew, its own as well.
  const again = await to.run(target, to.name === 'dvc' ? ['push'] : ['push', '--run-cache']);
  const status = await to.run(target, ['status', '--cloud', '--json']);
  const what = (text: string) => `${to.name} after ${from.name}: ${text}`;
  const outputs = ['data', 'model.bin', 'count.txt', 'copied'];
  return [
    check(what('all commands end with 0'), complain([...made, pulled, again, status])),
    check(
      what('the cache and the run-cache are the same files'),
      compareFolders(join(source, '.dvc/cache'), join(target, '.dvc/cache')),
    ),
    check(
      what('the work tree is the same'),
      outputs.map(name => compareFolders(join(source, name), join(target, name))).find(text => text) ?? '',
    ),
    check(what('nothing is left to push'), /up to date/u.test(again.out) ? '' : again.out + again.err),
    check(what('cache and remote are in sync'), status.out.trim() === '{}' ? '' : status.out),
    check(what('the run-cache brings back what was made'), await restore(to, target)),
  ];
}

/** Without the lock only the run-cache knows what the stages made. */
async function restore(tool: Tool, folder: string): Promise<string> {
  for (const name of ['dvc.lock', 'count.txt', 'copied']) rmSync(join(folder, name), { recursive: true });
  const { code, out, err } = await tool.run(folder, ['repro']);
  const isRun = /Running stage|wc -c|cp -r/u.test(out + err) && !/cached|restored/u.test(out + err);
  return code !== 0 || isRun || !existsSync(join(folder, 'copied')) ? out + err : '';
}

/** Data from outside the repository, which neither tool takes into its cache. */
async function compareSent(exchange: Exchange): Promise<readonly Check[]> {
  const { home, s3, dvc, mainline } = exchange;
  for (const [name, content] of Object.entries(FILES)) write(join(home, 'outside', name), content);
  const folders: string[] = [];
  for (const tool of [dvc, mainline]) {
    const folder = makeRepository(exchange, `${tool.name}-sends`, `${tool.name}-sent`);
    folders.push(folder);
    const words = ['add', '--to-remote', '../outside'];
    const replies = [
      await tool.run(folder, [...words, '-o', 'scans']),
      await tool.run(folder, words),
      await tool.run(folder, ['add', '--to-remote', '--remote', 's3', '../outside/model.bin']),
    ];
    const problem = complain(replies);
    if (problem !== '') return [check(`${tool.name} sends data straight to the remote`, problem)];
  }
  const [left = '', right = ''] = folders;
  const bucketOf = (tool: Tool) => join(s3.folder, `${tool.name}-sent`);
  const names = ['outside.dvc', 'scans.dvc', 'model.bin.dvc'];
  const recorded =
    names.map(name => compareFolders(join(left, name), join(right, name))).find(text => text) ?? '';
  const pulled = await dvc.run(right, ['pull']);
  return [
    check('what is sent straight to the remote is recorded alike', recorded),
    // What DVC uploads under another name first, it leaves there.
    check('and lies there alike', compareFolders(bucketOf(dvc), bucketOf(mainline))),
    check(
      'and DVC pulls it',
      complain([pulled]) || compareFolders(join(home, 'outside'), join(right, 'scans')),
    ),
  ];
}

/** Some objects are only here, some only there, some nowhere: both tools have to say so of either bucket. */
async function compareStatus(exchange: Exchange): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const bucket of ['dvc', 'mainline'] as const) {
    const folder = join(exchange.home, `${bucket}-pushes`);
    const lists = readObjects(join(folder, '.dvc/cache/files/md5')).filter(name => !name.endsWith('.dir'));
    const [here, nowhere, there] = [lists[0], lists[1], lists[2]].map(name => name ?? '');
    rmSync(join(folder, '.dvc/cache/files/md5', there ?? ''), { force: true });
    rmSync(join(folder, '.dvc/cache/files/md5', nowhere ?? ''), { force: true });
    for (const name of [here, nowhere])
      rmSync(join(exchange.s3.folder, bucket, 'files/md5', name ?? ''), { force: true });
    // A folder whose listing is there counts as whole, for both; so the listings go.
    for (const name of readObjects(join(exchange.s3.folder, bucket, 'files/md5')))
      if (name.endsWith('.dir')) rmSync(join(exchange.s3.folder, bucket, 'files/md5', name));
    rmSync(join(exchange.home, 'site'), { recursive: true, force: true });
    const words = ['status', '--cloud', '--json'];
    const [left, right] = [await exchange.dvc.run(folder, words), await exchange.mainline.run(folder, words)];
    const said = [left, right].map(({ out }) => JSON.stringify(sorted(JSON.parse(out.trim() || 'null'))));
    const isSame = said[0] === said[1] && left.code === right.code;
    checks.push(
      check(`status --cloud of the bucket of ${bucket} is the same`, isSame ? '' : said.join('\n  against ')),
      check(
        'new, deleted and missing are all among it',
        ['new', 'deleted', 'missing'].every(state => said[0]?.includes(`"${state}"`)) ? '' : (said[0] ?? ''),
      ),
    );
  }
  return checks;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function makeRepository({ home, s3 }: Exchange, name: string, bucket: string): string {
  const folder = join(home, name);
  const place = { url: `${s3.url}/${bucket}`, endpointurl: s3.endpoint, region: 'us-east-1', ...s3.keys };
  const remote = Object.entries(place).map(([key, value]) => `    ${key} = ${value}\n`);
  const config = `[core]\n    remote = s3\n    no_scm = true\n['remote "s3"']\n${remote.join('')}`;
  write(join(folder, '.dvc/config'), config);
  return folder;
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function check(name: string, detail: string): Check {
  return { name: `S3: ${name}`, passed: detail === '', detail };
}

function complain(replies: readonly Reply[]): string {
  return replies.flatMap(({ code, out, err }) => (code === 0 ? [] : [`${code}: ${out}${err}`])).join('\n');
}

function readObjects(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter(name => statSync(join(folder, name)).isFile()).sort();
}

/** The first file that only one has, or whose bytes differ; '' when there is none. */
function compareFolders(left: string, right: string): string {
  if (statSync(left, { throwIfNoEntry: false })?.isFile()) {
    const isSame = existsSync(right) && readFileSync(left).equals(readFileSync(right));
    return isSame ? '' : `${left} differs`;
  }
  const isObject = (name: string) => !/(?:^|\/)(?:tmp|\.gitignore|[^/]+\.tmp)(?:\/|$)/u.test(name);
  const [a, b] = [left, right].map(folder => readObjects(folder).filter(isObject));
  const only = [...new Set([...(a ?? []), ...(b ?? [])])].find(
    name => !(a?.includes(name) && b?.includes(name)),
  );
  if (only !== undefined) return `only one of ${left} and ${right} has ${only}`;
  if (!a?.length) return `nothing is in ${left}`;
  const different = a.find(name => !readFileSync(join(left, name)).equals(readFileSync(join(right, name))));
  return different === undefined ? '' : `${different} differs between ${left} and ${right}`;
}
