// mainline dvc stage list: names of stages, each with a line about it.
import { visible } from '../say.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly all?: boolean;
  readonly recursive?: boolean;
  readonly nameOnly?: boolean;
  readonly namesOnly?: boolean;
}

export const verb: Verb = {
  description: 'list stages',
  define: command =>
    command
      .argument('[targets...]', "files, folders or stages; this folder's dvc.yaml unless given")
      .option('--all', 'every stage of the repository')
      .option('--fail', 'accepted; a mistake in a file always ends the command')
      .option('-R, --recursive', 'a folder stands for every stage below it')
      .option('--name-only', 'names alone')
      .option('--names-only', 'the same')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc stage list            this folder's dvc.yaml
  mainline dvc stage list --all      the whole repository, .dvc files as well`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const { listStages } = await import('#lib/flows/dvc/stage-list.ts');
  const { all, recursive, nameOnly, namesOnly } = options;
  const around = { directory: process.cwd(), env: process.env, now: () => Date.now() };
  const asked = targets.length > 0 ? targets : ['dvc.yaml'];
  const stages = await listStages({ ...around, targets: asked, all, recursive });
  const width = Math.max(0, ...stages.map(({ name }) => Array.from(name).length));
  for (const { name, description } of stages) {
    const pad = ' '.repeat(width - Array.from(name).length + 2);
    const line = nameOnly || namesOnly ? name : `${name}${pad}${description}`;
    process.stdout.write(`${visible(line)}\n`);
  }
}
