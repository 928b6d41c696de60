// mainline dvc, as the rest of the command line knows it: everything after the word is its own.
import type { Command } from 'commander';

/** Adds the verb; `mainline dvc --help` lists what is below it. */
export function addDvcCommand(program: Command): void {
  program
    .command('dvc')
    .description('track data and run pipelines: the verbs of DVC, on the same files')
    .argument('[words...]', 'a verb of DVC with its options')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory: string }>();
      process.chdir(directory);
      const { runDvc } = await import('./dvc/main.ts');
      await runDvc(words);
    });
}
