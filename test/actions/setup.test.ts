import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { installNatives } from '#lib/flows/ci/setup.ts';
import { annotationsOf, createRunner } from '../support/run-action.ts';

/** A lockfile with one small package of our own, which wants to run a script, and the server that has it. */
async function createLock({ integrity }: { readonly integrity?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  const source = join(folder, 'source');
  await mkdir(source);
  const scripts = { postinstall: "node -e \"fs.writeFileSync('ran', '')\"" };
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'tiny', version: '1.0.0', scripts }));
  await writeFile(join(source, 'index.js'), 'exports.of = "tiny";\n');
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: source });
  const tarball = await readFile(join(folder, 'tiny-1.0.0.tgz'));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(tarball);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const lockFolder = join(folder, 'lock');
  await mkdir(lockFolder);
  const root = { name: 'natives', version: '0.0.0', dependencies: { tiny: '1.0.0' } };
  await writeFile(join(lockFolder, 'package.json'), JSON.stringify(root));
  const digest = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const entry = { version: '1.0.0', resolved: `http://127.0.0.1:${port}/tiny.tgz`, hasInstallScript: true };
  await writeFile(
    join(lockFolder, 'package-lock.json'),
    JSON.stringify({
      ...{ name: root.name, version: root.version, lockfileVersion: 3, requires: true },
      packages: { '': root, 'node_modules/tiny': { ...entry, integrity: integrity ?? digest } },
    }),
  );
  // A cache of its own, and no waiting between attempts.
  const npm = { npm_config_cache: join(folder, 'npm'), npm_config_fetch_retries: '0' };
  Object.assign(process.env, npm);
  return { lockFolder, cache: join(folder, 'cache'), asked, npm };
}

const before = { ...process.env };
afterEach(() => {
  for (const name of ['npm_config_cache', 'npm_config_fetch_retries']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const quiet = { say: () => undefined, signal: new AbortController().signal };

test('packages are installed once, from the lockfile, and run no script', async () => {
  const { lockFolder, cache, asked } = await createLock();
  const first = await installNatives({ ...quiet, lockFolder, cache });
  expect(first.isCached).toBe(false);
  expect(await readdir(join(first.folder, 'node_modules', 'tiny'))).toEqual(['index.js', 'package.json']);
  expect(asked).toEqual(['/tiny.tgz']);
  const again = await installNatives({ ...quiet, lockFolder, cache });
  expect(again).toEqual({ folder: first.folder, isCached: true });
  expect(asked).toHaveLength(1);
});

test('two jobs that install at once end with one folder, and nothing is left beside it', async () => {
  const { lockFolder, cache } = await createLock();
  const both = await Promise.all([1, 2].map(() => installNatives({ ...quiet, lockFolder, cache })));
  expect(new Set(both.map(({ folder }) => folder)).size).toBe(1);
  expect(await readdir(dirname(both[0]?.folder ?? ''))).toHaveLength(1);
});

test('bytes that are not the locked ones are refused, and nothing stays', async () => {
  const { lockFolder, cache } = await createLock({ integrity: `sha512-${'A'.repeat(86)}==` });
  await expect(installNatives({ ...quiet, lockFolder, cache })).rejects.toThrow(
    /^npm could not install the packages with machine code/u,
  );
  const [version = ''] = await readdir(join(cache, 'mainline-natives'));
  expect(await readdir(join(cache, 'mainline-natives', version))).toEqual([]);
});

test('the bundle installs what lies beside it, and says so where there is no npm', async () => {
  const runner = await createRunner();
  const { lockFolder, npm } = await createLock();
  await rm(join(runner.actions, 'setup', 'natives'), { recursive: true });
  await cp(lockFolder, join(runner.actions, 'setup', 'natives'), { recursive: true });
  const bare = await runner.run('setup', { workspace: runner.actions, env: { PATH: '/nowhere' } });
  expect(bare.code).toBe(1);
  expect(annotationsOf(bare)[0]).toContain('There is no npm on this runner: add the step actions/setup-node');
  const ran = await runner.run('setup', { workspace: runner.actions, env: npm });
  expect(ran).toMatchObject({ code: 0, outputs: { cached: 'false' } });
  expect(existsSync(join(ran.env.MAINLINE_NATIVES ?? '', 'node_modules', 'tiny', 'index.js'))).toBe(true);
});

test('the lockfile has the versions that the code is tested with', async () => {
  const root = join(import.meta.dirname, '..', '..');
  const read = async (file: string) => JSON.parse(await readFile(join(root, file), 'utf8'));
  const { dependencies } = await read('actions/setup/natives/package.json');
  const all = (await read('package.json')).dependencies;
  expect(dependencies).toEqual({
    '@duckdb/node-api': all['@duckdb/node-api'],
    'onnxruntime-node': all['onnxruntime-node'],
  });
  const { packages } = await read('actions/setup/natives/package-lock.json');
  const ours = (await read('package-lock.json')).packages;
  for (const [path, { version, integrity }] of Object.entries<{ version: string; integrity: string }>(
    packages,
  )) {
    if (path === '') continue;
    expect(ours[path], path).toMatchObject({ version, integrity });
  }
});
