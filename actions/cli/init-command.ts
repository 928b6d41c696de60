// mainline init: adds the workflows and what they need, and says what each of them may do and why.
import type { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { where } from './options.ts';
import { say, sayJson } from './say.ts';

type JobGrants = Awaited<ReturnType<typeof import('#lib/flows/init.ts').init>>['grants'][number];

interface Options {
  readonly from: string;
  readonly owner: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addInitCommand(program: Command): void {
  program
    .command('init')
    .description(
      'add workflows, CODEOWNERS and skeletons to a repository; nothing that is there is overwritten',
    )
    .requiredOption(
      '--from <owner/name@commit>',
      'where the actions come from, by the whole id of a released commit',
    )
    .requiredOption('--owner <owner>', 'who owns what nobody else owns, such as @acme/platform')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0  done
  2  something has to be mended first

Example:
  mainline init --from acme/mainline@0123456789abcdef0123456789abcdef01234567 --owner @acme/platform`,
    )
    .action(async (options: Options, command: Command) => {
      const { init } = await import('#lib/flows/init.ts');
      const { from, owner } = options;
      const { version } = packageJson;
      const result = await init({ ...where(command), from, owner, version, launcher: process.argv[1] });
      if (options.json) return sayJson(result);
      for (const path of result.written) say('done', `${path} written`);
      for (const path of result.kept) say('note', `${path} was there, and is as it was`);
      for (const [workflow, jobs = []] of Object.entries(
        Object.groupBy(result.grants, ({ workflow }) => workflow),
      )) {
        say('note', [`the jobs of ${workflow} may:`, ...jobs.flatMap(describeJob)].join('\n'));
      }
      if (result.doubt !== null) say('note', result.doubt);
      for (const line of nextSteps(owner)) say('note', line);
    });
}

function describeJob({ job, grants }: JobGrants): readonly string[] {
  if (grants.length === 0) return [`${job}: nothing`];
  return [`${job}:`, ...grants.map(({ permission, why }) => `  ${permission} ${why}`)];
}

function nextSteps(owner: string): readonly string[] {
  const reason = owner.includes('/')
    ? `${owner} is a team, which only an app can read`
    : 'accounts as owners do without it; workflows for pull requests that Mainline opens need it';
  return [
    'next: commit and push it, then run mainline doctor',
    `next: "The app" in Mainline's README, variable MAINLINE_APP_CLIENT_ID and secret MAINLINE_APP_KEY: ${reason}`,
  ];
}
