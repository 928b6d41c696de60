import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { head } from '../../lib/contracts/contract-text.ts';

const mainline = join(import.meta.dirname, '../../../actions/cli/mainline.js');
const GOOD = `${head()}schema:
  - name: t
    properties:
      - name: a
        logicalType: integer
        required: true
        logicalTypeOptions: {minimum: 0}
`;
const WARNED = `${GOOD}        quality:\n          - {metric: nullValues, mustBeBetween: [0, 5]}\n`;
const WRONG = GOOD.replace('required', 'requird');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  for (const [name, text] of Object.entries({ good: GOOD, warned: WARNED, wrong: WRONG })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'contract.odcs.yaml'), text);
  }
  mkdirSync(join(folder, '.hidden'));
  writeFileSync(join(folder, '.hidden', 'contract.odcs.yaml'), 'nonsense');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainline, 'contract', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

describe('mainline contract lint', () => {
  test('looks at every contract of the repository, and fails for errors', () => {
    const { status, stdout } = run('lint', '--json');
    expect(status).toBe(1);
    const { files, errors, warnings } = JSON.parse(stdout) as {
      readonly files: readonly { readonly path: string; readonly findings: readonly object[] }[];
      readonly errors: number;
      readonly warnings: number;
    };
    expect(files.map(({ path, findings }) => [path, findings.length])).toEqual([
      ['good/contract.odcs.yaml', 0],
      ['warned/contract.odcs.yaml', 1],
      ['wrong/contract.odcs.yaml', 1],
    ]);
    expect([errors, warnings]).toEqual([1, 1]);
  });

  test('lets warnings pass unless it is strict', () => {
    expect(run('lint', 'warned/contract.odcs.yaml')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(
        '-> warned/contract.odcs.yaml:14:34 0 itself does not pass: between leaves out both ends',
      ),
    });
    expect(run('lint', 'warned/contract.odcs.yaml', '--strict').status).toBe(1);
    expect(run('lint', 'good/contract.odcs.yaml', '--strict')).toMatchObject({
      status: 0,
      stdout: 'ok 1 contract, nothing to mend\n',
    });
  });

  test('annotates a pull request', () => {
    expect(run('lint', 'wrong/contract.odcs.yaml', '--format', 'github').stdout).toBe(
      '::error file=wrong/contract.odcs.yaml,line=11,col=9,title=standard::Unknown key "requird" in schema[0].properties[0]. Did you mean "required"?\n',
    );
  });

  test('finds what is no text in one file, and looks at the others', () => {
    writeFileSync(join(folder, 'latin.odcs.yaml'), Buffer.from([0x61, 0xff]));
    const { status, stdout } = run('lint', 'latin.odcs.yaml', 'good/contract.odcs.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('latin.odcs.yaml is not UTF-8 text\n   Save it as UTF-8.');
    expect(stdout).toContain('2 contracts: 1 errors, 0 warnings');
    rmSync(join(folder, 'latin.odcs.yaml'));
  });

  test('says which file cannot be read', () => {
    expect(run('lint', 'none.odcs.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('none.odcs.yaml does not exist'),
    });
  });
});

describe('mainline contract explain', () => {
  test('says each rule in a sentence with its place', () => {
    const { status, stdout } = run('explain', 'good/contract.odcs.yaml');
    expect(status).toBe(0);
    expect(stdout).toBe(`t.a
  a is a whole number
    counts values that are not a whole number; passes when there are none
    a.type good/contract.odcs.yaml:10:9
  a is never missing
    counts rows without a; passes when there are none
    a.required good/contract.odcs.yaml:11:9
  a is at least 0
    counts values that break this; passes when there are none
    a.minimum good/contract.odcs.yaml:12:30
`);
  });

  test('explains one rule, as JSON too', () => {
    const { stdout } = run('explain', 'good/contract.odcs.yaml', 'a.minimum', '--json');
    expect(JSON.parse(stdout)).toEqual({
      path: 'good/contract.odcs.yaml',
      groups: [
        {
          table: 't',
          column: 'a',
          rules: [
            {
              id: 'a.minimum',
              rule: 'minimum',
              says: 'a is at least 0',
              counts: 'counts values that break this',
              passes: 'passes when there are none',
              severity: 'error',
              at: { line: 12, column: 30 },
            },
          ],
        },
      ],
    });
  });

  test('names the nearest rule to one that is not there', () => {
    expect(run('explain', 'good/contract.odcs.yaml', 'a.minimun')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean "a.minimum"?'),
    });
  });
});

test('mainline contract --help lists what is below it', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('lint');
  expect(stdout).toContain('explain');
});
