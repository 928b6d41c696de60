import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { freezeTargets } from '#lib/flows/dvc/freeze.ts';

// Written by `dvc freeze` and `dvc unfreeze` of DVC 3.67.1 from before.yaml.
const golden = (name: string) => readFileSync(join('test/fixtures/dvc/freeze', name), 'utf8');

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'freeze-')));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = true\n');
  writeFileSync(join(root, 'params.yaml'), 'lr: 1\naa: 2\n');
  copyFileSync('test/fixtures/dvc/freeze/before.yaml', join(root, 'dvc.yaml'));
});

const freeze = (frozen: boolean, ...targets: readonly string[]) =>
  freezeTargets({
    ...{ directory: root, env: {}, now: Date.now, targets, frozen },
    command: 'mainline dvc freeze',
    onWait: () => {},
  });
const dvcYaml = () => readFileSync(join(root, 'dvc.yaml'), 'utf8');

it('a frozen stage is written as DVC writes it, comments and other stages as they were', async () => {
  expect(await freeze(true, 'prep')).toEqual({ names: ['prep'], failures: [] });
  expect(dvcYaml()).toBe(golden('prep-frozen.yaml'));
  await freeze(true, 'train');
  await freeze(false, 'prep');
  expect(dvcYaml()).toBe(golden('train-frozen.yaml'));
});

it('a .dvc file is frozen in place', async () => {
  const text =
    '# raw data\nouts:\n- md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\n  hash: md5\n  path: raw.csv\n';
  writeFileSync(join(root, 'raw.csv.dvc'), text);
  await freeze(true, 'raw.csv.dvc');
  expect(readFileSync(join(root, 'raw.csv.dvc'), 'utf8')).toBe(`${text}frozen: true\n`);
});

it('what cannot be frozen is told, and the others are frozen all the same', async () => {
  writeFileSync(
    join(root, 'dvc.yaml'),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: DVC's own templates
    'vars: [{v: 1}]\nstages:\n  a:\n    cmd: echo ${v}\n  b:\n    cmd: x\n',
  );
  const { names, failures } = await freeze(true, 'a', 'b', 'c');
  expect(names).toEqual(['b']);
  expect(failures.map(({ message, at }) => [message, at?.line])).toEqual([
    ['The stage a is written with templates, anchors or aliases', 3],
    [expect.stringContaining('c does not exist'), undefined],
  ]);
  expect(dvcYaml()).toContain('    cmd: x\n    frozen: true\n');
});
