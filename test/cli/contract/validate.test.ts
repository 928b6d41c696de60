import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { head } from '../../lib/contracts/contract-text.ts';

const mainline = join(import.meta.dirname, '../../../actions/cli/mainline.js');
const CONTRACT = `${head()}schema:
  - name: t
    properties:
      - name: n
        logicalType: integer
        quality:
          - {id: few, metric: invalidValues, arguments: {validValues: [1]}, mustBe: 0, severity: warning}
      - name: c
        logicalType: string
        logicalTypeOptions: {maxLength: 12}
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  writeFileSync(join(folder, 'contract.odcs.yaml'), CONTRACT);
  writeFileSync(join(folder, 'good.csv'), 'n,c\n1,x\n');
  writeFileSync(join(folder, 'warned.csv'), 'n,c\n2,x\n');
  // A line of commands for GitHub, and colours for a terminal.
  writeFileSync(join(folder, 'bad.csv'), 'n,c\n1,x\n1,"x\n::error::100%\u001b[31m"\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [mainline, 'contract', 'validate', ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  return { status, stdout, stderr };
}

test.each([
  [['--data', 'good.csv'], 0],
  [['--data', 'warned.csv'], 0],
  [['--data', 'warned.csv', '--fail-on', 'warning'], 1],
  [['--data', 'bad.csv'], 1],
  [['--data', 'bad.csv', '--fail-on', 'never'], 0],
  [['--data', 'none.csv'], 2],
  [['--data', 'none.csv', '--fail-on', 'never'], 2],
  [['none.odcs.yaml'], 2],
  [['--format', 'none'], 2],
] as const)('%j ends with %d', (words, status) => {
  expect(run(...words).status).toBe(status);
});

test('what failed is said with value, rows, samples and the place in the contract, and nothing else', () => {
  expect(run('--data', 'bad.csv').stdout).toBe(`-- t: bad.csv, 2 rows: 1 of 7 checks failed
   rows with a valid schema 100 %, complete rows 100 %
-- error c has at most 12 characters: 1 of 2 rows (50.0 %)
   line 3: x ::error::100%‹U+001B›[31m
   contract.odcs.yaml:15:30
`);
});

test('text of the data is no command, neither to GitHub nor to XML', () => {
  const { stdout } = run('--data', 'bad.csv', '--format', 'github');
  expect(stdout).toBe(
    '::error file=contract.odcs.yaml,line=15,col=30,title=t%3A c.maxLength::bad.csv: c has at most 12 characters: 1 of 2 rows (50.0 %25); for example line 3: x ::error::100%25‹U+001B›[31m\n',
  );
  const junit = run('--data', 'bad.csv', '--format', 'junit').stdout;
  expect(junit).toContain('<testsuites tests="7" failures="1" skipped="0">');
  expect(junit).not.toContain('\u001b');
});

test('a report goes to a file where somebody wants it there', () => {
  const { stdout } = run('--data', 'good.csv', '--json', '--output', 'out.json');
  expect(stdout).toBe('');
  expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toMatchObject({
    passed: true,
    tables: [{ table: 't', data: { path: 'good.csv', rows: 1 } }],
  });
});

test('what is a warning only is said, and passes a case of JUnit', () => {
  expect(run('--data', 'warned.csv').stdout).toContain('-> warning n is one of 1: 1 of 1 rows (100 %)');
  expect(run('--data', 'warned.csv', '--format', 'junit').stdout).toContain('failures="0"');
});
