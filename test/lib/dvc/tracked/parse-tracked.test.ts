import { describe, expect, test } from 'vitest';
import { parseTracked } from '#lib/dvc/tracked/parse-tracked.ts';
import { ConfigurationError, ConfigurationErrors, formatLocation } from '#lib/errors.ts';

const MD5 = 'd3b07384d113edec49eaa6238ad5ff00';
const read = (text: string, file = '/repo/data/raw.dvc') => parseTracked(text, file, '/repo');

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text);
    return [];
  } catch (error) {
    const all = error instanceof ConfigurationErrors ? error.problems : [error];
    return all.map(one =>
      one instanceof ConfigurationError
        ? `${formatLocation(one.at)} ${one.message} | ${one.remedy ?? ''}`
        : String(one),
    );
  }
}

describe('what a .dvc file says', () => {
  test('is the same read the short way and the general way', async () => {
    const plain = `outs:\n- md5: ${MD5}.dir\n  size: 12\n  nfiles: 3\n  hash: md5\n  path: raw\n`;
    const general = await read(`${plain}# a comment\n`);
    expect({ ...(await read(plain)), text: '' }).toEqual({ ...general, text: '' });
  });

  test('is as DVC 2 wrote it when the kind of hash is missing', async () => {
    const { outs } = await read(`outs:\n- md5: ${MD5}\n  path: raw\n`);
    expect(outs[0]?.locked).toEqual({ path: 'raw', md5: MD5, hash: 'md5-dos2unix' });
  });

  test('may be nothing yet', async () => {
    const { outs } = await read('outs:\n- hash: md5\n  path: raw\n');
    expect(outs[0]?.locked).toBeUndefined();
  });

  test('holds where an import comes from', async () => {
    const text = `frozen: true\ndeps:\n- path: data.csv\n  repo:\n    url: https://host/repo\n    rev_lock: abc\nouts:\n- md5: ${MD5}\n  hash: md5\n  path: data.csv\n`;
    const { deps, frozen } = await read(text);
    expect({ deps, frozen }).toEqual({
      frozen: true,
      deps: [
        {
          path: 'data.csv',
          absolute: undefined,
          locked: undefined,
          repo: { url: 'https://host/repo', rev: undefined, revLock: 'abc' },
        },
      ],
    });
  });

  test('lists the files of a folder on a versioned remote, which together have a name', async () => {
    const files = `  files:\n  - relpath: b\n    md5: ${MD5}\n    size: 4\n  - relpath: a\n    md5: ${MD5}\n    size: 4\n`;
    const { outs } = await read(`outs:\n- hash: md5\n  path: d\n${files}`);
    const [out] = outs;
    // md5 of the listing, by md5sum.
    expect(out?.locked).toMatchObject({ md5: '818adcaa635bf98085b050366ae79b13.dir', size: 8, nfiles: 2 });
  });
});

describe('what is wrong is told at its place', () => {
  test.for([
    [
      'an unknown key',
      `outs:\n- md5: ${MD5}\n  pth: raw\n`,
      ':3:3 DVC knows no key "pth" here | Did you mean "path"?',
    ],
    ['a key that is missing', `outs:\n- md5: ${MD5}\n`, ':2:3 outs.0 lacks path'],
    [
      'a wrong kind of value',
      'outs:\n- path: raw\n  size: many\n',
      ':3:9 outs.0.size has to be a whole number, found "many"',
    ],
    ['no list', 'outs: raw\n', ':1:7 outs has to be a list, found "raw"'],
    [
      'a path that leaves the repository',
      'outs:\n- path: ../../raw\n',
      ':2:9 The output ../../raw is not inside',
    ],
    ['an absolute path', 'outs:\n- path: /etc/passwd\n', ':2:9 The output /etc/passwd is not inside'],
    ['the repository itself', 'wdir: ..\nouts:\n- path: .\n', ':3:9 The output . is not inside'],
    ["git's own folder", 'outs:\n- path: .git/hooks\n', ':2:9 The output .git/hooks belongs to git or DVC'],
    [
      "git's own folder in capitals",
      'outs:\n- path: .Git/hooks\n',
      ':2:9 The output .Git/hooks belongs to git',
    ],
    ['another .dvc file', 'outs:\n- path: x.dvc\n', ':2:9 The output x.dvc belongs to git or DVC'],
    ['a dvc.yaml', 'outs:\n- path: dvc.yaml\n', ':2:9 The output dvc.yaml belongs to git or DVC'],
    ['a dvc.lock', 'outs:\n- path: dvc.lock\n', ':2:9 The output dvc.lock belongs to git or DVC'],
    ['a dependency on a .dvc file', 'deps:\n- path: x.dvc\n', ":2:9 x.dvc is a file of DVC's own"],
    [
      'a working directory that leads out',
      `wdir: ../..\nouts:\n- md5: ${MD5}\n  size: 1\n  path: x\n`,
      ':5:9 The output x is not inside',
    ],
    ['a command of old', 'cmd: ls\nouts:\n- path: x\n', ':1:1 DVC knows no key "cmd" here'],
  ] as const)('%s', async ([, text, expected]) => {
    expect((await problemsOf(text)).join('\n')).toContain(`/repo/data/raw.dvc${expected}`);
  });

  test('also in the short way of reading', async () => {
    const text = `outs:\n- md5: ${MD5}\n  size: 1\n  hash: md5\n  path: ../../x\n`;
    expect((await problemsOf(text)).join('\n')).toContain('raw.dvc:5:9 The output ../../x is not inside');
  });
});
