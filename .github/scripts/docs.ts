// npm run docs: rewrites what is generated from the code. With --check it changes nothing and fails on a difference.
import { globSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonSchemas } from '#lib/flows/schemas.ts';
import { updateReadme } from './action-docs.ts';

const root = join(import.meta.dirname, '..', '..');
const isCheck = process.argv.includes('--check');

const schemas = Object.entries(jsonSchemas()).map(
  ([name, schema]) =>
    [join('actions', 'schemas', `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`] as const,
);
const readmes = globSync('actions/*/action.yml', { cwd: root }).map(file => {
  const readme = join(dirname(file), 'README.md');
  return [readme, updateReadme(read(join(root, readme)) ?? '', read(join(root, file)) ?? '')] as const;
});
const generated = new Map([...schemas, ...readmes]);

const stale = [...generated].filter(([file, text]) => read(join(root, file)) !== text);
for (const [file, text] of stale) {
  if (isCheck) {
    process.stdout.write(`${file} is not what the code says: run npm run docs\n`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
  process.stdout.write(`wrote ${file}\n`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
