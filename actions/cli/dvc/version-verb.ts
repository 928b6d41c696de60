// mainline dvc version: ours, and whose files it writes.
import type { Verb } from './verb.ts';

export const verb: Verb = {
  description: 'print the version of mainline',
  define: command =>
    command.action(async () => {
      const { default: packageJson } = await import('../../../package.json', { with: { type: 'json' } });
      process.stdout.write(`mainline ${packageJson.version}, Node ${process.versions.node}\n`);
    }),
};
