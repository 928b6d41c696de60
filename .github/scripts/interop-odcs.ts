// Holds our reading of data contracts against the official JSON Schema of ODCS 3.1.0, with jsonschema as the judge.
// Run: node .github/scripts/interop-odcs.ts
import { execFile, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Case, disagreements, mutate, thin, type Verdict } from '../../test/interop/odcs.ts';

const PACKAGES = ['jsonschema==4.26.0', 'rfc3339-validator==0.1.4'];
const OFFICIAL = 'test/fixtures/odcs/schema-json/odcs-json-schema-v3.1.0.json';
const EDITORS = 'actions/schemas/odcs.schema.json';
const PER_CONTRACT = 20;
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

async function installJudge(environment: string): Promise<string> {
  const python = join(environment, 'bin/python');
  const installed = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  if (PACKAGES.every(name => installed.stdout.includes(name))) return python;
  await run('python3', ['-m', 'venv', environment]);
  await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return python;
}

async function judge(cases: readonly Case[]): Promise<readonly Verdict[]> {
  const python = await installJudge(join(root, '.mainline/venv-odcs'));
  const schemas = [OFFICIAL, EDITORS].map(path => join(root, path));
  const child = spawn(python, [join(root, 'test/interop/odcs.py'), ...schemas], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(cases.map(({ document }) => `${JSON.stringify({ document })}\n`).join(''));
  const lines = (await text(child.stdout)).trim().split('\n');
  if (lines.length !== cases.length) throw new Error(`${lines.length} of ${cases.length} cases were judged`);
  return lines.map(line => JSON.parse(line) as Verdict);
}

async function readCases(pattern: string): Promise<readonly Case[]> {
  const files = globSync(pattern, { cwd: root }).sort();
  return Promise.all(
    files.map(async name => ({
      name,
      document: parse(await readFile(join(root, name), 'utf8'), { merge: true }),
    })),
  );
}

/** True when the official schema accepts our contracts and all judges agree on the examples, whole and broken. */
export async function interopOdcs(): Promise<boolean> {
  const shipped = await readCases('{data/*/contract,test/fixtures/contracts/*}.odcs.yaml');
  const examples = await readCases('test/fixtures/odcs/**/*.odcs.yaml');
  const broken = [...shipped, ...examples].flatMap(({ name, document }) => {
    const cases = Array.from(mutate(document), one => ({ ...one, name: `${name}: ${one.name}` }));
    return thin(cases, PER_CONTRACT);
  });
  const cases = [...shipped, ...examples, ...broken];
  const verdicts = await judge(cases);
  const refused = shipped
    .filter((_, i) => verdicts[i]?.valid[0] !== true)
    .map(({ name }) => `${name} is refused`);
  const problems = [...refused, ...disagreements(cases, verdicts)];
  for (const problem of problems) console.log(`DIFFER ${problem}`);
  const rejected = verdicts.filter(({ valid }) => !valid[0]).length;
  console.log(
    `ODCS: ${shipped.length} of our contracts, ${examples.length} official examples, ${broken.length} broken in one place ` +
      `(${rejected} of them invalid): ${problems.length} differences`,
  );
  return problems.length === 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!(await interopOdcs())) process.exitCode = 1;
}
