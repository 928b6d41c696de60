// mainline dvc root: where the repository begins, for scripts.
import type { Verb } from './verb.ts';

export const verb: Verb = {
  description: "print the way to the repository's root, relative to here",
  define: command =>
    command
      .addHelpText(
        'after',
        `
Example:
  cd "$(mainline dvc root)"

Exit codes: 0 done, 253 not in a repository`,
      )
      .action(async () => {
        const { relativeRoot } = await import('#lib/flows/dvc/root.ts');
        process.stdout.write(`${relativeRoot(process.cwd())}\n`);
      }),
};
