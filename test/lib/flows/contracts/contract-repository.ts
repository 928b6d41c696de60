// A git repository with a contract and its data, and what contract validate says of it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Validation, validationSchema } from '#lib/contracts/validation.ts';
import type { ConfigurationError } from '#lib/errors.ts';
import { validateContracts } from '#lib/flows/contracts/validate.ts';

type Request = Parameters<typeof validateContracts>[0];

/** A contract of a table `t` with a whole number `n` and a text `c`, as JSON, which is YAML. */
export function contractOf(more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: 't', version: '1.0.0', status: 'active' },
    schema: [
      {
        name: 't',
        properties: [
          { name: 'n', logicalType: 'integer', primaryKey: true },
          { name: 'c', logicalType: 'string', required: true },
        ],
      },
    ],
    ...more,
  });
}

/** `n,c` and a row for each number. */
export function csvOf(rows: readonly (readonly [number | string, string])[]): string {
  return `n,c\n${rows.map(([n, c]) => `${n},${c}\n`).join('')}`;
}

export interface ContractRepository {
  readonly root: string;
  readonly write: (files: Readonly<Record<string, string | Uint8Array>>) => void;
  readonly git: (...args: readonly string[]) => string;
  readonly commit: (message: string) => string;
  /** Content of DVC's cache, as a .dvc file beside a path records it. */
  readonly track: (path: string, content: string) => void;
  readonly validate: (
    request?: Partial<Request>,
  ) => Promise<Validation & { readonly errors: readonly ConfigurationError[] }>;
}

/** In a temporary folder, which goes with the test run. */
export function makeRepository(): ContractRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'contract-repository-')));
  const write = (files: Readonly<Record<string, string | Uint8Array>>): void => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  const git = (...args: readonly string[]): string => {
    const identity = ['-c', 'user.name=n', '-c', 'user.email=n@example.org'];
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr === '' || status === 0 ? '' : stderr).toBe('');
    return stdout.trim();
  };
  git('init', '-q', '-b', 'main');
  return {
    ...{ root, write, git },
    commit: message => {
      git('add', '-A');
      git('commit', '-q', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    track: (path, content) => {
      const md5 = createHash('md5').update(content).digest('hex');
      const size = Buffer.byteLength(content);
      const name = path.split('/').at(-1) ?? '';
      write({
        '.dvc/config': '',
        '.dvc/.gitignore': '/cache\n/tmp\n',
        [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: content,
        [`${path}.dvc`]: `outs:\n- md5: ${md5}\n  size: ${size}\n  hash: md5\n  path: ${name}\n`,
      });
    },
    validate: async (request = {}) => {
      const { validation, problems } = await validateContracts({
        ...{ directory: root, contracts: [], env: {}, now: () => 0, signal: new AbortController().signal },
        ...request,
      });
      expect(validationSchema.parse(JSON.parse(JSON.stringify(validation)))).toEqual(validation);
      return { ...validation, errors: problems };
    },
  };
}

/** What failed in the first table, by id. */
export function failedOf({ tables }: Validation): readonly string[] {
  return (tables[0]?.checks ?? []).filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
}
