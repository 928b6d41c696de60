// What freeze and unfreeze share: targets, and an exit code of 1 when one of them could not be done.
import { say } from '../say.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly waitForLock?: boolean;
}

/** The verb that freezes, or the one that does the opposite. */
export function createFreezeVerb(frozen: boolean, description: string): Verb {
  const name = frozen ? 'freeze' : 'unfreeze';
  return {
    description,
    define: command =>
      command
        .argument('<targets...>', 'stages or .dvc files')
        .option('--wait-for-lock', 'wait for another command for as long as it takes')
        .addHelpText(
          'after',
          `
Examples:
  mainline dvc ${name} train
  mainline dvc ${name} data/raw.dvc pipelines/eta/dvc.yaml:prepare

Exit codes: 0 done, 1 a target could not be changed, 253 not in a repository, 254 usage`,
        )
        .action((targets: readonly string[], options: Options) => run(targets, options)),
  };

  async function run(targets: readonly string[], options: Options): Promise<void> {
    const { freezeTargets } = await import('#lib/flows/dvc/freeze.ts');
    const { names, failures } = await freezeTargets({
      ...{ targets, frozen, directory: process.cwd(), env: process.env, now: () => Date.now() },
      command: `mainline dvc ${process.argv.slice(3).join(' ')}`,
      waitForLock: options.waitForLock,
      onWait: who => say('note', `waiting for ${who}`, process.stderr),
    });
    if (!options.quiet)
      for (const one of names) say('done', `${one} is ${frozen ? 'frozen' : 'no longer frozen'}`);
    if (failures.length === 0) return;
    const { describeFailure } = await import('#lib/failure.ts');
    for (const failure of failures) {
      process.stderr.write(describeFailure(failure, { color: false, folder: process.cwd() }).text);
    }
    process.exitCode = 1;
  }
}
