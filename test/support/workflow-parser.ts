// GitHub's own parser of workflows and of action.yml, as a second opinion beside our rules. The package imports JSON in a way
// that no Node takes, so it is bundled to a temporary file first (a fifth of a second).
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { convertWorkflowTemplate, parseWorkflow } from '@actions/workflow-parser';
import type { convertActionTemplate, parseAction } from '@actions/workflow-parser/actions/index';
import { build } from 'esbuild';

interface Bundled {
  readonly parseWorkflow: typeof parseWorkflow;
  readonly convertWorkflowTemplate: typeof convertWorkflowTemplate;
  readonly parseAction: typeof parseAction;
  readonly convertActionTemplate: typeof convertActionTemplate;
}

export interface GitHubParser {
  /** Every error of a workflow, with its place; empty when GitHub would take it. */
  findWorkflowErrors(file: string, text: string): Promise<readonly string[]>;
  /** The same for an action.yml. */
  findActionErrors(file: string, text: string): readonly string[];
}

const ENTRY = `export { parseWorkflow, convertWorkflowTemplate } from '@actions/workflow-parser';
export { parseAction, convertActionTemplate } from '@actions/workflow-parser/actions/index';`;
/** Its packages of the older format call require. */
const BANNER = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;

export async function openGitHubParser(): Promise<GitHubParser> {
  const { parseWorkflow, convertWorkflowTemplate, parseAction, convertActionTemplate } = await load();
  const silent = { error: () => {}, info: () => {}, verbose: () => {} };
  return {
    findWorkflowErrors: async (name, content) => {
      const { context, value } = parseWorkflow({ name, content }, silent);
      // Converting finds what the grammar alone lets pass, such as jobs that wait for each other.
      if (value) await convertWorkflowTemplate(context, value);
      return context.errors.getErrors().map(({ message }) => message);
    },
    findActionErrors: (name, content) => {
      const { context, value } = parseAction({ name, content }, silent);
      if (value) convertActionTemplate(context, value);
      return context.errors.getErrors().map(({ message }) => message);
    },
  };
}

async function load(): Promise<Bundled> {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    banner: { js: BANNER },
  });
  const folder = await mkdtemp(join(tmpdir(), 'workflow-parser-'));
  const file = join(folder, 'parser.mjs');
  await writeFile(file, outputFiles[0]?.text ?? '');
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
