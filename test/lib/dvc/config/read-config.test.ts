import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editConfig, withOption } from '#lib/dvc/config/edit-config.ts';
import { readDvcConfig } from '#lib/dvc/config/read-config.ts';

let top: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mainline-config-'));
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
}

const env = () => ({ HOME: join(top, 'home'), XDG_CONFIG_DIRS: join(top, 'etc') });
const read = () => readDvcConfig(join(top, 'repo'), env());

test('without any file there are the defaults of DVC', () => {
  expect(read()).toMatchObject({
    cacheDir: join(top, 'repo/.dvc/cache'),
    linkTypes: ['reflink', 'copy'],
    defaultRemote: undefined,
    autostage: false,
    parsing: { bool: 'store_true', list: 'nargs' },
  });
});

test('later levels win option by option: system, user, project, local', () => {
  put('etc/dvc/config', '[core]\nremote = of-system\nchecksum_jobs = 2\nautostage = true\n');
  put('home/.config/dvc/config', '[core]\nremote = of-user\n[cache]\ndir = shared\n');
  put('repo/.dvc/config', '[core]\nremote = Store\n[\'remote "Store"\']\nurl = s3://bucket/x\njobs = 3\n');
  put('repo/.dvc/config.local', '[remote "store"]\njobs = 5\n');
  const config = read();
  expect(config).toMatchObject({
    ...{ defaultRemote: 'store', checksumJobs: 2, autostage: true },
    cacheDir: join(top, 'home/.config/dvc/shared'),
  });
  expect(config.remotes.get('store')).toMatchObject({ url: 's3://bucket/x', jobs: 5 });
});

test('paths are relative to the folder of their file, and ~ is the home folder', () => {
  const text =
    '[\'remote "a"\']\nurl = ../../store\n[\'remote "b"\']\nurl = ~/store\n[\'remote "c"\']\nurl = /abs\n';
  put('repo/.dvc/config', text);
  const urls = [...read().remotes.values()].map(({ url }) => url);
  expect(urls).toEqual([join(top, 'store'), join(top, 'home/store'), '/abs']);
});

test('a remote by reference takes the options of the other and adds to its address', () => {
  const text =
    '[\'remote "base"\']\nurl = s3://bucket/path\nregion = r\nprofile = p\n' +
    '[\'remote "sub"\']\nurl = remote://base/deep/er\nprofile = q\n';
  put('repo/.dvc/config', text);
  expect(read().remotes.get('sub')).toMatchObject({
    url: 's3://bucket/path/deep/er',
    options: { region: 'r', profile: 'q' },
  });
});

test.for([
  ['[core]\nremot = x\n', /no option 'remot'/u, /did you mean 'remote'/u, 2],
  ['[coer]\nremote = x\n', /no section 'coer'/u, /did you mean 'core'/u, undefined],
  ['[\'remote "x"\']\nurl = s3://b\nendpoint_url = y\n', /'endpoint_url'/u, /'endpointurl'/u, 3],
  ['[cache]\ntype = softlink\n', /must be of reflink, hardlink, symlink, copy/u, /^$/u, 2],
  ['[\'remote "x"\']\njobs = 3\n', /no url/u, /remote add x/u, 2],
  ['[\'remote "x"\']\nurl = ftp://h/x\n', /ftp:\/\//u, /s3/u, 2],
] as const)('%j is refused at its line, with the nearest name', ([text, message, remedy, line]) => {
  put('repo/.dvc/config', text);
  expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(message), exitCode: 251 }));
  try {
    read();
  } catch (error) {
    const { at, remedy: told = '' } = error as { at?: { line?: number }; remedy?: string };
    expect(at?.line).toBe(line);
    expect(told).toMatch(remedy);
  }
});

test('a value that may be secret is never part of a message', () => {
  put('repo/.dvc/config', '[\'remote "x"\']\nurl = s3://b\nuse_ssl = hunter2\n');
  expect(read).toThrow(expect.not.stringContaining('hunter2'));
});

test('an edit keeps the comments, which DVC throws away', () => {
  put(
    'repo/.dvc/config',
    '# ours\n[core]\n    # why\n    remote = a  # the first\n    autostage = true\n# end\n',
  );
  const places = { env: env(), root: join(top, 'repo'), platform: 'linux' } as const;
  const change = { section: 'core', name: 'autostage' };
  editConfig({ level: 'repo', places, folder: top, change: level => withOption(level, change, 'false') });
  expect(readFileSync(join(top, 'repo/.dvc/config'), 'utf8')).toBe(
    '# ours\n[core]\n    # why\n    remote = a    # the first\n    autostage = false\n# end\n',
  );
});
