// mainline dvc unprotect: before tracked files are edited in place, where cache.type makes them links.
import { counted } from '../counted.ts';
import { say } from '../say.ts';
import type { Verb } from './verb.ts';
import { addWriteOptions, type WriteOptions, writing } from './write-options.ts';

export const verb: Verb = {
  description: 'make tracked files safe to edit where they are links to the cache',
  define: command =>
    addWriteOptions(command)
      .argument('<targets...>', 'files and folders')
      .addHelpText(
        'after',
        `
Needed only with cache.type hardlink or symlink: other files are copies already.

Examples:
  mainline dvc unprotect data/raw
  mainline dvc unprotect model.onnx && vim model.onnx

Exit codes: 0 done, 253 not in a repository, 255 a target is not there`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: WriteOptions): Promise<void> {
  const { unprotectTargets } = await import('#lib/flows/dvc/unprotect.ts');
  const count = await unprotectTargets({ ...writing(options), targets });
  if (!options.quiet)
    say(
      'done',
      count === 0
        ? 'nothing to do: no target is a link'
        : counted(count, 'link is a file now', 'links are files now'),
    );
}
