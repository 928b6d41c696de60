// init: what an existing repository needs so that its pull requests are proposals. The workflows are those that Mainline
// itself runs on, taking their actions from a pinned commit; nothing that is there is overwritten.
import { existsSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CODEOWNERS_PATHS } from '#lib/approval/codeowners.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { findOtherMain, MAIN_REMEDY } from '#lib/flows/main-branch.ts';
import { labelRelease } from '#lib/flows/release-source.ts';
import {
  asTemplate,
  grantsOf,
  type JobGrants,
  templateName,
  WORKFLOWS,
} from '#lib/flows/workflow-template.ts';

const SOURCES = join(import.meta.dirname, '../../..');
const SOURCE = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/u;

export interface InitOptions {
  readonly directory: string;
  /** `owner/name@<40 hex digits>`: where the actions come from. */
  readonly from: string;
  /** Shown beside that commit where no tag says which release it is, such as 0.1.0. */
  readonly version: string;
  /** Who owns everything that has no other owner, such as `@acme/platform`. */
  readonly owner: string;
  /** What was called, in the checkout of Mainline that this runs from: compiled files may be shared by several. */
  readonly launcher?: string | undefined;
  /** The checkout of Mainline that is asked for the commit; the one this runs from, unless given. */
  readonly clone?: string;
}

export interface Initialized {
  /** Relative to the repository. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** What each job of each workflow may do. */
  readonly grants: readonly JobGrants[];
  /** Why nobody vouches for the source being a release; null where a tag does. */
  readonly doubt: string | null;
}

/**
 * Writes what is missing.
 * @throws ConfigurationError, before anything is written, for a source that is no pinned release, an owner that is none, or
 * a folder that is no repository with a branch main.
 */
export async function init(options: InitOptions): Promise<Initialized> {
  const root = resolve(options.directory);
  const { repository, commit } = readSource(options.from);
  const owner = readOwner(options.owner);
  await expectRepository(root);
  const { launcher, version: asked } = options;
  const checkout = launcher === undefined ? SOURCES : join(await realpath(launcher), '../../..');
  const { clone = checkout } = options;
  const { version, doubt } = await labelRelease(clone, { commit, version: asked });
  const files = new Map<string, string>();
  const grants: JobGrants[] = [];
  for (const name of WORKFLOWS) {
    const text = await readFile(join(checkout, '.github/workflows', `${name}.yml`), 'utf8');
    const template = asTemplate(text, { repository, commit, version });
    files.set(`.github/workflows/${templateName(name)}`, template);
    grants.push(...grantsOf(name, text));
  }
  if (!CODEOWNERS_PATHS.some(path => existsSync(join(root, path)))) {
    files.set('.github/CODEOWNERS', codeownersFor(owner));
  }
  files.set('models/README.md', SKELETON);
  await expectPlaces(root, [...files.keys(), IGNORE_FILE]);
  return { ...(await writeMissing(root, files)), grants, doubt };
}

function readSource(from: string): { readonly repository: string; readonly commit: string } {
  const [, repository, commit] = SOURCE.exec(from) ?? [];
  if (repository !== undefined && commit !== undefined) return { repository, commit };
  throw new ConfigurationError(`"${from}" is no pinned source of actions`, {
    remedy: 'Write owner/name@ and the whole id of a commit: --from acme/mainline@<40 hex digits>',
  });
}

function readOwner(owner: string): string {
  if (/^@[a-z0-9][\w-]*(\/[a-z0-9][\w.-]*)?$/iu.test(owner)) return owner;
  const isBare = /^[\w-]+(\/[\w.-]+)?$/u.test(owner);
  throw new ConfigurationError(`"${owner}" is no owner${isBare ? ': the @ is missing' : ''}`, {
    remedy: isBare
      ? `Write --owner @${owner}${owner.includes('/') ? '' : ` for an account, or --owner @organisation/${owner} for a team`}.`
      : 'Write --owner @organisation/team, or @account.',
  });
}

async function expectRepository(root: string): Promise<void> {
  if (!existsSync(join(root, '.git'))) {
    throw new ConfigurationError('This is not the top of a git repository', {
      at: { file: root },
      remedy: 'Run it there, or run git init first.',
    });
  }
  const other = await findOtherMain(root);
  if (other === undefined) return;
  throw new ConfigurationError(`Mainline works on a branch main, and here it is ${other}`, {
    at: { file: root },
    remedy: MAIN_REMEDY,
  });
}

/** Before anything is written: a link would take a file elsewhere, and a folder of that name takes none. */
async function expectPlaces(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const place = parts.slice(0, depth).join('/');
      const found = await lstat(join(root, place)).catch(() => undefined);
      if (!found) break;
      if (depth === parts.length ? found.isFile() : found.isDirectory()) continue;
      throw new ConfigurationError(
        `${place} is no ${depth === parts.length ? 'file' : 'folder'} of its own here`,
        {
          at: { file: join(root, place) },
          remedy: 'Nothing was written. Put a plain one there, or take it away.',
        },
      );
    }
  }
}

async function writeMissing(
  root: string,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly written: readonly string[]; readonly kept: readonly string[] }> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of files) {
    if (existsSync(join(root, path))) kept.push(path);
    else {
      await writeWhole(join(root, path), text);
      written.push(path);
    }
  }
  await ignoreLocal(root, { written, kept });
  return { written, kept };
}

function codeownersFor(owner: string): string {
  return `# The last matching line decides. Whoever owns models/<model>/rollout/ decides what serves.
*           ${owner}
/.github/   ${owner}
/models/    ${owner}
/pipelines/ ${owner}
/data/      ${owner}
`;
}

const SKELETON = `# Models

One folder per model, with \`model.yaml\`: what is predicted, on which rows it is judged, and what it has to keep. Copy the
nearest example of Mainline (\`models/\`, \`pipelines/\`, \`data/\`), rename it, and run \`mainline propose\`.
`;

const IGNORE_FILE = '.gitignore';
const IGNORED = ['/.mainline/', '/.dvc/cache/', '/.dvc/tmp/'];

async function ignoreLocal(
  root: string,
  { written, kept }: { readonly written: string[]; readonly kept: string[] },
): Promise<void> {
  const file = join(root, IGNORE_FILE);
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const missing = IGNORED.filter(line => !text.split(/\r?\n/u).includes(line));
  if (missing.length === 0) {
    kept.push('.gitignore');
    return;
  }
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeWhole(file, `${before}${missing.join('\n')}\n`);
  written.push('.gitignore');
}
