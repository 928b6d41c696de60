// Files that somebody else wrote, read by the verbs: refused with the file's name and a remedy, no file outside the
// repository touched, and nothing lost.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  type Answer,
  createHostileRepository,
  type HostileRepository,
} from '../../support/hostile-repository.ts';
import { launcher } from '../../support/workspace.ts';

const MD5 = '5d41402abc4b2a76b9719d911017c592';

function outputFile(path: string, md5 = MD5): string {
  const folder = md5.endsWith('.dir') ? '  nfiles: 1\n' : '';
  return `outs:\n- md5: ${md5}\n  size: 5\n${folder}  hash: md5\n  path: ${path}\n`;
}

/** The command says no, names the file, and shows no stack. */
function expectRefusal({ code, stdout, stderr }: Answer, ...names: readonly (string | RegExp)[]): void {
  const said = `${stdout}${stderr}`;
  expect(code, said).not.toBe(0);
  expect(code, 'killed, or still at it after a minute').not.toBeNull();
  expect(said).not.toMatch(/^ {4}at .*:\d+/m);
  for (const name of names) expect(said).toMatch(name);
}

interface Hostile {
  readonly name: string;
  readonly prepare: (repository: HostileRepository) => void;
  /** Commands, each in a repository of its own. */
  readonly commands: readonly string[];
  /** What the message has to name. */
  readonly named: readonly (string | RegExp)[];
}

const bomb = (top: string): string =>
  `${top}${Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]\n`).join('')}`;

const loop = ({ write, path }: HostileRepository) => {
  write('data/file.txt', 'x');
  symlinkSync('loop', path('data/loop'));
};

const hostile: readonly Hostile[] = [
  {
    name: 'a .dvc file whose output lies outside',
    prepare: ({ write, keep }) => {
      keep('hello');
      write('x.dvc', outputFile('../outside/secret.txt'));
    },
    commands: ['checkout -f', 'status', 'commit -f', 'push', 'remove x.dvc --outs', 'gc -w -f'],
    named: [/x\.dvc/, /outside/],
  },
  {
    name: 'a .dvc file with an absolute path',
    prepare: ({ write, keep, path }) => {
      keep('hello');
      write('x.dvc', outputFile(path('../outside/secret.txt')));
    },
    commands: ['checkout -f', 'status', 'commit -f', 'remove x.dvc --outs'],
    named: [/x\.dvc/, /outside/],
  },
  {
    name: "a .dvc file that names Git's own files",
    prepare: ({ write, keep }) => {
      keep('hello');
      write('x.dvc', outputFile('.git/config'));
    },
    commands: ['checkout -f', 'commit -f', 'remove x.dvc --outs'],
    named: [/x\.dvc/, /\.git/],
  },
  {
    name: "a .dvc file that names DVC's own files",
    prepare: ({ write, keep }) => {
      keep('hello');
      write('x.dvc', outputFile('.dvc/config'));
    },
    commands: ['checkout -f', 'commit -f', 'remove x.dvc --outs'],
    named: [/x\.dvc/, /\.dvc/],
  },
  ...['../../outside/secret.txt', '/etc/hostile', 'a/../../../outside/secret.txt', ''].map(relpath => ({
    name: `a folder's object with the path ${JSON.stringify(relpath)}`,
    prepare: ({ write, keep }: HostileRepository) => {
      keep('hello');
      keep('hello', { place: 'remote' });
      const listing = JSON.stringify([{ md5: MD5, relpath }]);
      write('x.dvc', outputFile('x', keep(listing, { place: 'remote', isFolder: true })));
    },
    commands: ['pull', 'fetch'],
    named: [/\.dir|x\.dvc/],
  })),
  {
    name: "a folder's object in the cache that points outside",
    prepare: ({ write, keep }) => {
      keep('hello');
      const listing = JSON.stringify([{ md5: MD5, relpath: '../../outside/secret.txt' }]);
      write('x.dvc', outputFile('x', keep(listing, { isFolder: true })));
    },
    commands: ['checkout -f', 'push', 'gc -w -f'],
    named: [/\.dir|x\.dvc/],
  },
  {
    name: 'an output below a link that leads outside',
    prepare: ({ write, keep, path }) => {
      keep('hello');
      symlinkSync('../outside', path('link'));
      write('x.dvc', outputFile('link/secret.txt'));
    },
    commands: ['checkout -f', 'remove x.dvc --outs', 'commit -f'],
    named: [/link/],
  },
  {
    name: 'adding a file below a link that leads outside',
    prepare: ({ path }) => symlinkSync('../outside', path('link')),
    commands: ['add link/secret.txt'],
    named: [/link/],
  },
  { name: 'links in a circle', prepare: loop, commands: ['add data'], named: [/loop/] },
  {
    name: 'an output of dvc.yaml outside',
    prepare: ({ write }) => write('dvc.yaml', 'stages:\n  a: {cmd: "true", outs: [../outside/secret.txt]}\n'),
    commands: ['repro', 'commit -f', 'checkout -f'],
    named: [/dvc\.yaml/, /outside/],
  },
  {
    name: 'an object in the cache that does not match its name',
    prepare: ({ write, keep }) => {
      write('x.dvc', outputFile('x', keep('hello', { lie: 'HELLO' })));
    },
    commands: ['checkout', 'checkout -f'],
    named: [/5d\/?41402|x\b/],
  },
  {
    name: 'an object in the remote that does not match its name',
    prepare: ({ write, keep }) => {
      write('x.dvc', outputFile('x', keep('hello', { place: 'remote', lie: 'HELLO' })));
    },
    commands: ['pull', 'fetch'],
    named: [/5d\/?41402/],
  },
  {
    name: 'a truncated dvc.lock',
    prepare: ({ write }) => {
      write('dvc.yaml', 'stages:\n  a: {cmd: echo 1 > a.txt, outs: [a.txt]}\n');
      write('dvc.lock', "schema: '2.0'\nstages:\n  a:\n    cmd: 'echo 1\n    outs:\n    - pa");
    },
    commands: ['status', 'repro', 'push', 'gc -w -f', 'checkout'],
    named: [/dvc\.lock/],
  },
  {
    name: 'a truncated .dvc file',
    prepare: ({ write }) => write('x.dvc', 'outs:\n- md5: 5d41402a\n  size: 5\n  hash: md5\n  pa'),
    commands: ['status', 'checkout', 'push', 'gc -w -f'],
    named: [/x\.dvc/],
  },
  {
    name: "a truncated folder's object",
    prepare: ({ write, keep }) => {
      const listing = JSON.stringify([{ md5: MD5, relpath: 'a' }]);
      write('x.dvc', outputFile('x', keep(listing, { isFolder: true, lie: listing.slice(0, 30) })));
    },
    commands: ['checkout', 'gc -w -f'],
    named: [/\.dir|x\b/],
  },
  {
    name: 'a file name that is no UTF-8',
    prepare: ({ write, path }) => {
      write('data/file.txt', 'x');
      writeFileSync(Buffer.concat([Buffer.from(`${path('data')}/`), Buffer.from([0x61, 0xff])]), 'x');
    },
    commands: ['add data'],
    named: [/data/, /UTF-8/i],
  },
  {
    name: 'a dvc.yaml whose anchors grow without end',
    prepare: ({ write }) => write('dvc.yaml', `${bomb('l0: &l0 [lol]\n')}stages: {a: {cmd: x, meta: *l9}}\n`),
    commands: ['status', 'repro'],
    named: [/dvc\.yaml/],
  },
  {
    name: 'parameters whose anchors grow without end',
    prepare: ({ write }) => {
      write('params.yaml', bomb('l0: &l0 [lol]\n'));
      write('dvc.yaml', 'stages:\n  a: {cmd: echo 1 > a.txt, params: [l9], outs: [a.txt]}\n');
    },
    commands: ['repro'],
    named: [/params\.yaml/],
  },
  {
    name: 'a .dvc file whose anchors grow without end',
    prepare: ({ write }) =>
      write(
        'x.dvc',
        `${outputFile('x')}meta:\n  ${bomb('l0: &l0 [lol]\n').replaceAll('\n', '\n  ').trimEnd()}\n`,
      ),
    commands: ['status', 'add x'],
    named: [/x\b/],
  },
  {
    name: 'a .dvc file of one line of 50 MB',
    prepare: ({ write }) => write('x.dvc', Buffer.alloc(50_000_000, 'x')),
    commands: ['status', 'checkout'],
    named: [/x\.dvc/],
  },
  ...['gopher://host/path', 'file:///etc/../outside', 'javascript:alert(1)', 's3://', '::'].map(url => ({
    name: `a remote at ${url}`,
    prepare: ({ write, keep }: HostileRepository) => {
      write('.dvc/config', `[core]\n    remote = origin\n['remote "origin"']\n    url = ${url}\n`);
      write('x.dvc', outputFile('x', keep('hello')));
    },
    commands:
      url === '::' || url.startsWith('file') || url.startsWith('javascript')
        ? []
        : ['push', 'pull', 'status -c'],
    named: [/origin|config/],
  })),
];

const cases = hostile.flatMap(({ name, prepare, commands, named }) =>
  commands.map(command => ({ name, command, prepare, named })),
);

it.concurrent.each(cases)('$name: $command refuses', async ({ command, prepare, named }) => {
  const repository = createHostileRepository();
  prepare(repository);
  const [before, config] = [repository.outside(), readFileSync(repository.path('.dvc/config'), 'utf8')];
  expectRefusal(await repository.run(command.split(' ')), ...named);
  expect(repository.outside()).toEqual(before);
  expect(readFileSync(repository.path('.dvc/config'), 'utf8')).toBe(config);
  expect(readFileSync(repository.path('.git/config'), 'utf8')).toContain('repositoryformatversion');
  rmSync(repository.folder, { recursive: true, force: true });
});

it('a path of dvc.lock that no stage has leads nowhere', async () => {
  const repository = createHostileRepository();
  const before = repository.outside();
  repository.write('dvc.yaml', 'stages:\n  a: {cmd: echo 1 > a.txt, outs: [a.txt]}\n');
  const out = `    - path: ../outside/secret.txt\n      hash: md5\n      md5: ${repository.keep('hello')}\n      size: 5\n`;
  repository.write('dvc.lock', `schema: '2.0'\nstages:\n  a:\n    cmd: echo 1 > a.txt\n    outs:\n${out}`);
  for (const words of [['checkout', '-f'], ['status'], ['repro'], ['push'], ['gc', '-w', '-f']])
    expect((await repository.run(words)).stderr).not.toMatch(/^ {4}at .*:\d+/m);
  expect(repository.outside()).toEqual(before);
});

it("a truncated folder's object is not pushed, and named as DVC names what is missing", async () => {
  const repository = createHostileRepository();
  const md5 = repository.keep(JSON.stringify([{ md5: MD5, relpath: 'a' }]), { isFolder: true, lie: '[{"m' });
  repository.write('x.dvc', outputFile('x', md5));
  const { stdout, stderr } = await repository.run(['push']);
  expect(`${stdout}${stderr}`).toContain(md5);
  expect(execFileSync('find', [repository.path('../remote'), '-type', 'f']).toString()).toBe('');
});

it('a full disk while adding: the data stays, no partial object is left, and more room mends it', async () => {
  const repository = createHostileRepository();
  const content = 'x'.repeat(3_000_000);
  repository.write('big.txt', content);
  const limited = await repository.run(['add', 'big.txt'], { before: "trap '' XFSZ; ulimit -f 1000;" });
  expectRefusal(limited, /big\.txt|cache/);
  expect(readFileSync(repository.path('big.txt'), 'utf8')).toBe(content);
  expect(existsSync(repository.path('big.txt.dvc'))).toBe(false);
  expect((await repository.run(['add', 'big.txt'])).code).toBe(0);
  execFileSync('cmp', [repository.path('big.txt'), findOnlyObject(repository)]);
});

function findOnlyObject({ path }: HostileRepository): string {
  const found = execFileSync('find', [path('.dvc/cache/files/md5'), '-type', 'f', '-regex', '.*/[0-9a-f]+$']);
  return found.toString().trim();
}

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

it.runIf(canMount)('a small cache that is full is named, and holds no partial object', async () => {
  const repository = createHostileRepository();
  for (let file = 0; file < 40; file++) repository.write(`data/${file}`, `${file}`.repeat(50_000));
  mkdirSync(repository.path('.dvc/cache'));
  const script = `mount -t tmpfs -o size=1m tmpfs .dvc/cache; "$0" "$@"; code=$?
    find .dvc/cache/files -type f -name '[0-9a-f]*' | while read -r path; do
      name=$(echo "$path" | tail -c 34 | tr -d /); test "$(md5sum < "$path" | cut -c 1-32)" = "$name" || echo "partial $path"
    done; exit $code`;
  const words = [process.execPath, launcher, 'dvc', 'add', 'data'];
  const { status, stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', script, ...words], {
    cwd: repository.folder,
    encoding: 'utf8',
  });
  expectRefusal({ code: status, stdout, stderr }, /full|room/);
  expect(stdout).not.toContain('partial');
  expect(existsSync(repository.path('data.dvc'))).toBe(false);
  expect(readFileSync(repository.path('data/39'), 'utf8')).toBe('39'.repeat(50_000));
});

it('a full disk while pulling: nothing half is left in the work tree, and more room mends it', async () => {
  const repository = createHostileRepository();
  const content = 'y'.repeat(3_000_000);
  repository.write('big.dvc', outputFile('big', repository.keep(content, { place: 'remote' })));
  expectRefusal(await repository.run(['pull'], { before: "trap '' XFSZ; ulimit -f 1000;" }), /ulimit/);
  expect(existsSync(repository.path('big'))).toBe(false);
  expect((await repository.run(['pull'])).code).toBe(0);
  expect(readFileSync(repository.path('big'), 'utf8')).toBe(content);
});

it('a modified file in the way of a checkout is not lost', async () => {
  const repository = createHostileRepository();
  repository.write('x.dvc', outputFile('x', repository.keep('hello')));
  repository.write('x', 'work of a day');
  expectRefusal(await repository.run(['checkout']), /\bx\b/);
  expect(readFileSync(repository.path('x'), 'utf8')).toBe('work of a day');
});

it('links into a cache that is gone are whole again after a pull', async () => {
  const repository = createHostileRepository();
  repository.write('data/a.txt', 'a');
  for (const words of [['config', 'cache.type', 'symlink'], ['add', 'data'], ['push']])
    expect((await repository.run(words)).code).toBe(0);
  rmSync(repository.path('.dvc/cache'), { recursive: true });
  expectRefusal(await repository.run(['checkout']), /data/);
  expect((await repository.run(['pull'])).code).toBe(0);
  expect(readFileSync(repository.path('data/a.txt'), 'utf8')).toBe('a');
});

it('a cache that cannot be made is named', async () => {
  const repository = createHostileRepository();
  repository.write('x', 'x');
  mkdirSync(repository.path('.dvc/cache'));
  repository.write('.dvc/cache/files', 'a file where a folder should be');
  expectRefusal(await repository.run(['add', 'x']), /cache/);
});
