// mainline pull: pull requests on this machine, for rehearsing the flow with real git before there is a forge.
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { interruptSignal } from './interrupt.ts';
import { parsePullNumber, where } from './options.ts';
import { showProgress } from './progress.ts';
import { say, sayJson } from './say.ts';
import { detectTerminal } from './terminal.ts';

type Shown = Awaited<ReturnType<typeof import('#lib/flows/pulls.ts').showPull>>;

interface Options {
  readonly as?: string;
  readonly json?: boolean;
}

const now = (): number => Date.now();

/** Adds the verbs below `pull`. */
export function addPullCommand(program: Command): void {
  const pull = program
    .command('pull')
    .description('rehearse pull requests on this machine: open, check, review, merge')
    .addHelpText(
      'after',
      `
The repository that holds them is the clone's origin when that is a folder on this machine, else the
repository itself. Anybody can type any name here, so nothing believes these reviews where a real forge is.
Teams of CODEOWNERS are written down in <git directory>/mainline/people.yaml:
  teams: {acme/eta: [bob, carol]}

Exit codes:
  0  done, or approved
  1  refused, with every reason
  2  something has to be mended first

Examples:
  git push origin better && mainline pull open better --as alice
  mainline pull check 1
  mainline pull approve 1 --as bob
  mainline pull merge 1 --as bob --method squash`,
    );
  addReading(pull);
  addReviewing(pull);
  addChecking(pull);
  addMerging(pull);
  addClosing(pull);
}

function addReading(pull: Command): void {
  pull
    .command('open')
    .description('open a pull request for a branch that was pushed')
    .argument('[branch]', 'the branch that is checked out without it')
    .option('--title <words>', 'the subject of the last commit without it')
    .option('--as <account>', 'who opens it; the account of git without it')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  git push origin better && mainline pull open better --as alice')
    .action(async (branch: string | undefined, options: Options & { title?: string }, command: Command) => {
      const { openPull } = await import('#lib/flows/pulls.ts');
      const { as, title } = options;
      const opened = await openPull({ ...where(command), branch, title, as, now });
      if (options.json) return sayJson(opened);
      say('done', `pull request #${opened.number} by ${opened.author}: ${opened.title}`);
      say('note', `next: mainline pull check ${opened.number}`);
    });
  pull
    .command('list')
    .description('all pull requests, newest first')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  mainline pull list')
    .action(async (options: Options, command: Command) => {
      const { listPulls } = await import('#lib/flows/pulls.ts');
      const pulls = await listPulls(where(command));
      if (options.json) return sayJson(pulls);
      for (const one of pulls) say('note', `#${one.number} ${describeState(one)}: ${one.title}`);
      if (pulls.length === 0) say('note', 'there are none');
    });
  pull
    .command('show')
    .description('what it changes, who approved it, what is missing')
    .argument('<number>', 'which', parsePullNumber)
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mainline pull show 1')
    .action(async (number: number, options: Options, command: Command) => {
      const { showPull } = await import('#lib/flows/pulls.ts');
      show(await showPull({ ...where(command), number, now }), options);
    });
}

function addClosing(pull: Command): void {
  pull
    .command('close')
    .description('close it without a merge; its branch stays')
    .argument('<number>', 'which', parsePullNumber)
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mainline pull close 1')
    .action(async (number: number, options: Options, command: Command) => {
      const { closePull } = await import('#lib/flows/pulls.ts');
      const closed = await closePull({ ...where(command), number });
      if (options.json) return sayJson(closed);
      say('done', `#${closed.number} is ${closed.state}`);
    });
}

function describeState({ state, author, merged }: Shown['pull']): string {
  return merged && state === 'merged'
    ? `merged by ${merged.by}, opened by ${author}`
    : `${state}, by ${author}`;
}

const REVIEWS = [
  ['approve', 'APPROVED', 'approve its head'],
  ['request-changes', 'CHANGES_REQUESTED', 'ask for changes: an owner who does stops the merge'],
  ['comment', 'COMMENTED', 'review without a verdict'],
  ['dismiss', 'DISMISSED', 'take your review back'],
] as const;

function addReviewing(pull: Command): void {
  for (const [verb, state, description] of REVIEWS) {
    pull
      .command(verb)
      .description(description)
      .argument('<number>', 'which', parsePullNumber)
      .option('--as <account>', 'who reviews; the account of git without it')
      .option('--json', 'print what it is now as JSON')
      .addHelpText('after', `\nExample:\n  mainline pull ${verb} 1 --as bob`)
      .action(async (number: number, options: Options, command: Command) => {
        const { reviewPull } = await import('#lib/flows/pulls.ts');
        const { shown, ignored } = await reviewPull({
          ...where(command),
          ...{ number, state, as: options.as, now },
        });
        show(shown, options);
        if (verb === 'approve' && ignored !== undefined) process.exitCode = 1;
      });
  }
}

function addChecking(pull: Command): void {
  pull
    .command('check')
    .description('evaluate what it would bring to main; keep report and outcome with it')
    .argument('<number>', 'which', parsePullNumber)
    .option('--json', 'print the proposals as JSON on standard output, progress on standard error')
    .addHelpText('after', '\nExample:\n  mainline pull check 1')
    .action(async (number: number, options: Options, command: Command) => {
      const { checkPull } = await import('#lib/flows/pulls.ts');
      const stream = options.json ? process.stderr : process.stdout;
      const progress = showProgress(stream, detectTerminal(stream, process.env));
      try {
        const { proposals, problems } = await checkPull({
          ...where(command),
          ...{ number, now, tell: progress.tell, signal: interruptSignal() },
          threads: Math.min(8, availableParallelism()),
        });
        progress.end();
        const failed = proposals.filter(({ verdict }) => !verdict.slo_compliant);
        process.exitCode = failed.length > 0 || problems.length > 0 ? 1 : 0;
        if (options.json) return sayJson({ proposals, problems });
        for (const { model, verdict } of proposals) {
          const { name } = model.metadata;
          if (verdict.slo_compliant) say('done', `${name}: every gate passes`);
          else say('stopped', [`${name}: a gate does not pass`, ...verdict.reasons].join('\n'));
        }
        for (const problem of problems) say('stopped', problem);
        if (proposals.length === 0 && problems.length === 0)
          say('done', 'no model is changed; rollout files are sound');
      } finally {
        progress.end();
      }
    });
}

interface MergeOptions extends Options {
  readonly method: 'merge' | 'squash' | 'rebase';
  readonly bypass?: boolean;
}

function addMerging(pull: Command): void {
  pull
    .command('merge')
    .description('merge it, when it is checked and approved')
    .argument('<number>', 'which', parsePullNumber)
    .addOption(new Option('--method <how>', 'how').choices(['merge', 'squash', 'rebase']).default('merge'))
    .option('--bypass', 'merge whatever is missing; rollout will still refuse what nobody approved')
    .option('--as <account>', 'who merges; the account of git without it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  mainline pull merge 1 --as bob --method squash')
    .action(async (number: number, options: MergeOptions, command: Command) => {
      const { mergePull } = await import('#lib/flows/pulls.ts');
      const { as, method, bypass = false } = options;
      const result = await mergePull({ ...where(command), number, method, bypass, as, now });
      process.exitCode = result.outcome === 'merged' ? 0 : 1;
      if (options.json) return sayJson(result);
      if (result.outcome === 'refused') {
        return say('stopped', [`#${number} is not merged:`, ...result.why].join('\n'));
      }
      const { merged } = result;
      const how = merged.bypassed ? ', bypassing what is missing' : '';
      say(
        'done',
        `#${number} merged by ${merged.by} (${merged.method})${how}: main is ${merged.commit.slice(0, 7)}`,
      );
      const { branch } = result.pull;
      say('note', branch.startsWith('promote/') ? 'next: mainline rollout' : 'next: mainline release');
    });
}

function show({ pull, paths, reviews, checks, decision }: Shown, { json = false }: Options): void {
  if (json) {
    sayJson({ pull, paths, reviews, checks, decision });
    return;
  }
  say('note', `#${pull.number} ${describeState(pull)}: ${pull.title}\n${paths.join('\n')}`);
  for (const { name, conclusion, summary } of checks) {
    const why = name === 'mainline/rollouts' ? summary : `why: mainline pull check ${pull.number}`;
    if (conclusion === 'success') say('done', name);
    else say('stopped', `${name}\n${why}`);
  }
  if (pull.state === 'open' && checks.length === 0) {
    say('note', `${pull.head.slice(0, 7)} was not checked yet: mainline pull check ${pull.number}`);
  }
  for (const { login, reason } of decision.ignored) {
    const who = login === null || reason.includes(`@${login}`) ? '' : `@${login}: `;
    say('note', `does not count: ${who}${reason}`);
  }
  if (!decision.approved) {
    say('stopped', ['not approved:', ...decision.reasons].join('\n'));
    return;
  }
  const names = [...new Set(decision.paths.flatMap(path => path.approvers.map(({ login }) => login)))];
  say('done', names.length > 0 ? `approved by ${names.join(', ')} (a rehearsal)` : 'no path needs an owner');
}
