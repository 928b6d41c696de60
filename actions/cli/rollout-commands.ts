// The verbs that move traffic: promote, rollout, advance, abort, rollback. Each says what changed and what comes next.
import type { Command } from 'commander';
import { parseReason, where } from './options.ts';
import { describeTraffic, say, sayJson } from './say.ts';

type Progress = Extract<
  Awaited<ReturnType<typeof import('#lib/flows/move-rollout.ts').advance>>,
  { outcome: 'advanced' }
>['progress'];

interface Options {
  readonly as?: string;
  readonly json?: boolean;
}

const now = (): number => Date.now();
const EXITS = `
Exit codes:
  0  done
  1  refused or waiting, with the reason
  2  something has to be mended first
  70 a bug in mainline`;

/** Adds the verbs. */
export function addRolloutCommands(program: Command): void {
  addPromote(program);
  addRollout(program);
  addAdvance(program);
  addAbort(program);
  addRollback(program);
}

function addPromote(program: Command): void {
  program
    .command('promote')
    .description('open the pull request whose one commit sends a version to an environment')
    .argument('<model>', 'a name below models/')
    .argument('<version>', 'a released version, such as 1.2.0.1')
    .requiredOption('--to <environment>', 'staging, production, or as model.yaml names them')
    .option('--as <account>', 'who opens it; the account of git without it')
    .option('--json', 'print the pull request as JSON')
    .addHelpText(
      'after',
      `
Environments are reached in the order of model.yaml (spec.environments), always with the same bytes.
The commit edits models/<model>/rollout/<environment>.yaml and nothing else; reverting it rolls back.
${EXITS}

Examples:
  mainline promote delivery-time 1.2.0.1 --to production
  mainline promote delivery-time 1.2.0.1 --to production --json | jq .number`,
    )
    .action(
      async (
        model: string,
        version: string,
        options: Options & { readonly to: string },
        command: Command,
      ) => {
        const { promote } = await import('#lib/flows/promote.ts');
        const { to, as } = options;
        const { pull, file, hasPlan } = await promote({ ...where(command), model, version, to, by: as, now });
        if (options.json) return sayJson(pull);
        say('done', `pull request #${pull.number}: ${pull.title}\n${pull.body}`);
        say(
          'note',
          `next: mainline pull check ${pull.number}, the approval of an owner, mainline pull merge ${pull.number}`,
        );
        if (!hasPlan) {
          say(
            'note',
            `it has no plan, so all traffic will move at once; for steps, add spec.plan to ${file} on the branch ${pull.branch}`,
          );
        }
      },
    );
}

function addRollout(program: Command): void {
  program
    .command('rollout')
    .description('take over what main says: check bytes, record and approval, then begin to move traffic')
    .argument('[model]', 'a name below models/; without one, all')
    .option('--in <environment>', 'only this environment')
    .option('--as <account>', 'who runs it; the account of git without it')
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      `
However a promotion came to main, it moves traffic only when its approval can be derived again here.
A version that was approved and fully live before is taken back at once, without a plan.
${EXITS}

Examples:
  mainline rollout
  mainline rollout delivery-time --in production`,
    )
    .action(
      async (model: string | undefined, options: Options & { readonly in?: string }, command: Command) => {
        const { rollout } = await import('#lib/flows/rollout.ts');
        const results = await rollout({
          ...where(command),
          ...{ model, environment: options.in, by: options.as, now },
        });
        process.exitCode = results.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
        if (options.json) return sayJson(results);
        for (const result of results) {
          const name = `${result.model} in ${result.environment}`;
          if (result.outcome === 'refused') say('stopped', `${name}: ${result.why}`);
          else say('done', `${name}: ${describeStanding(result.progress)}\n${result.why}`);
        }
        if (results.length === 0) say('note', 'main has no rollout yet; promote a version first');
      },
    );
}

/** Who serves, who gets copies, and whether there is more to come. */
function describeStanding({ spec }: Progress): string {
  const { traffic, mirror, complete, hold } = spec;
  const copies = Object.keys(mirror).length > 0 ? `; copies: ${describeTraffic(mirror)}` : '';
  const more = complete ? ', the rollout is complete' : hold ? ', held' : '; next: mainline advance';
  return `${describeTraffic(traffic)}${copies}${more}`;
}

interface AdvanceOptions extends Options {
  readonly in: string;
  readonly server: readonly string[];
  readonly skip?: string;
}

function addAdvance(program: Command): void {
  program
    .command('advance')
    .description('move a rollout to its next pause or its end, when the pause is over and the guards hold')
    .argument('<model>', 'a name below models/')
    .requiredOption('--in <environment>', 'where')
    .option(
      '--server <url>',
      'ask this server for its counts instead of those in targets[].url; repeat for several',
      (url: string, all: readonly string[]) => [...all, url],
      [] as readonly string[],
    )
    .option(
      '--skip <reason>',
      'go on whatever the pause and the guards say; the reason goes on record',
      parseReason,
    )
    .option('--as <account>', 'who says so; the account of git without it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Guards look at errors and slow answers of the new version in this step. No count is no pass.
${EXITS}

Examples:
  mainline advance delivery-time --in production
  mainline advance delivery-time --in production --server http://127.0.0.1:8080
  mainline advance delivery-time --in staging --skip "nobody sends requests to staging"`,
    )
    .action(async (model: string, options: AdvanceOptions, command: Command) => {
      const { advance } = await import('#lib/flows/move-rollout.ts');
      const skip = options.skip === undefined ? undefined : { reason: options.skip };
      const result = await advance({
        ...where(command),
        ...{ model, environment: options.in, servers: options.server, skip, by: options.as, now },
      });
      process.exitCode = result.outcome === 'advanced' ? 0 : 1;
      if (options.json) return sayJson(result);
      for (const { metric, outcome, reason } of result.guards) {
        say(outcome === 'passed' ? 'done' : 'stopped', `${metric}: ${outcome}, ${reason}`);
      }
      const name = `${model} in ${options.in}`;
      if (result.outcome === 'waiting') return say('stopped', `${name} stays where it is: ${result.why}`);
      say('done', `${name}: ${describeStanding(result.progress)}`);
    });
}

function addAbort(program: Command): void {
  program
    .command('abort')
    .description('hold all traffic on the live version, at once; the revert follows')
    .argument('<model>', 'a name below models/')
    .requiredOption('--in <environment>', 'where')
    .requiredOption('--reason <words>', 'why, for the record', parseReason)
    .option('--as <account>', 'who says so; the account of git without it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The same bytes are refused here until the rollout's attempt rises (mainline promote does that).
${EXITS}

Example:
  mainline abort delivery-time --in production --reason "errors in the south"`,
    )
    .action(
      async (
        model: string,
        options: Options & { readonly in: string; readonly reason: string },
        command: Command,
      ) => {
        const { abort } = await import('#lib/flows/move-rollout.ts');
        const { in: environment, reason, as } = options;
        const result = await abort({ ...where(command), model, environment, reason, by: as, now });
        process.exitCode = result.outcome === 'aborted' ? 0 : 1;
        if (options.json) return sayJson(result);
        const name = `${model} in ${environment}`;
        if (result.outcome === 'refused') return say('stopped', `${name}: ${result.why}`);
        say('done', `${name}: ${describeTraffic(result.progress.spec.traffic)}, held`);
        say('note', `make main say so too: mainline rollback ${model} --in ${environment} --reason "..."`);
      },
    );
}

function addRollback(program: Command): void {
  program
    .command('rollback')
    .description('revert the last promotion on main: all traffic goes back at once')
    .argument('<model>', 'a name below models/')
    .requiredOption('--in <environment>', 'where')
    .requiredOption('--reason <words>', 'why, for the record', parseReason)
    .option('--as <account>', 'who says so; the account of git without it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The same as git revert of the promotion's commit, made without a work tree.
${EXITS}

Example:
  mainline rollback delivery-time --in production --reason "too slow at noon"`,
    )
    .action(
      async (
        model: string,
        options: Options & { readonly in: string; readonly reason: string },
        command: Command,
      ) => {
        const { rollback } = await import('#lib/flows/rollback.ts');
        const { in: environment, reason, as } = options;
        const result = await rollback({ ...where(command), model, environment, reason, by: as, now });
        if (options.json) return sayJson(result);
        const { from, to, commit, reverted } = result;
        say(
          'done',
          `${model} in ${environment}: back from ${from} to ${to}\n${commit.slice(0, 7)} on main reverts ${reverted.id.slice(0, 7)}`,
        );
      },
    );
}
