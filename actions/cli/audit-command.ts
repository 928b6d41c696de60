// mainline audit: answers for people who were not there, from git alone.
import type { Command } from 'commander';
import { where } from './options.ts';
import { say, sayJson } from './say.ts';

/** Adds the verbs below `audit`. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('verify the record, or ask it who was in production')
    .addHelpText(
      'after',
      `
Exit codes:
  0  the record is whole, or the question is answered
  1  the record is not what it was
  2  something has to be mended first

Examples:
  mainline audit verify
  mainline audit who-was-production --model delivery-time --at 2026-11-21
  mainline audit who-was-production --model delivery-time --at 2026-11-21T14:00:00Z --json`,
    );
  audit
    .command('verify')
    .description('check every chain, every version record and that the state branch was only appended to')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  mainline audit verify --json | jq .problems')
    .action(async (options: { readonly json?: boolean }, command: Command) => {
      const { verifyAudit } = await import('#lib/flows/verify-audit.ts');
      const report = await verifyAudit(where(command));
      process.exitCode = report.problems.length > 0 ? 1 : 0;
      if (options.json) return sayJson(report);
      for (const problem of report.problems) say('stopped', problem);
      const chains = Object.entries(report.chains).map(([model, records]) => `${model}: ${records} records`);
      if (report.problems.length === 0) {
        say('done', [`the record is whole (${report.commits} commits)`, ...chains].join('\n'));
      }
    });
  audit
    .command('who-was-production')
    .description('which version served, made of which data, let in by whom, on what evidence')
    .requiredOption('--model <model>', 'a name below models/')
    .requiredOption('--at <time>', 'a date (all of that day, UTC) or an instant with its zone')
    .option('--in <environment>', "the last of the model's environments without it")
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  mainline audit who-was-production --model delivery-time --at 2026-11-21T14:00:00Z',
    )
    .action(
      async (
        options: {
          readonly model: string;
          readonly at: string;
          readonly in?: string;
          readonly json?: boolean;
        },
        command: Command,
      ) => {
        const { whoServed } = await import('#lib/flows/who-served.ts');
        const { model, at, in: environment } = options;
        const answer = await whoServed({ ...where(command), model, at, environment, now: () => Date.now() });
        if (options.json) return sayJson(answer);
        if (answer.served.length === 0) {
          return say('note', `no version of ${model} served ${answer.environment} then`);
        }
        for (const { from, to, versions, why } of answer.served) {
          say('done', `${from} to ${to ?? 'now'}: ${why}`);
          for (const { version, percent, record, accepted } of versions) {
            const { spec } = record;
            const data = spec.lineage.data.map(({ path, digest }) => `data ${path} ${digest}`);
            const approvers = accepted ? String(accepted.details.approvers) : 'nobody on record';
            say(
              'note',
              [
                `${version}: ${percent} %`,
                `model ${spec.artifact.sha256}`,
                ...data,
                `made from commit ${spec.source.commit}, evidence ${spec.evaluation.evidence}`,
                `approved by ${approvers}${accepted ? ` in pull request #${String(accepted.details.pull)}` : ''}`,
              ].join('\n'),
            );
          }
        }
      },
    );
}
