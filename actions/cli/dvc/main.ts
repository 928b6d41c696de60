// mainline dvc: DVC's verbs, flags and exit codes. Started by the launcher itself, without the rest of the command line,
// since a quick verb is over before that would be loaded.
import { Command, CommanderError } from 'commander';
import { ConfigurationError } from '#lib/errors.ts';
import { folderHere } from './folder-here.ts';
import { EXIT } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Runs `mainline dvc` with the words after `dvc`. */
export async function runDvc(words: readonly string[]): Promise<void> {
  try {
    const program = await createProgram(words);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
    else await fail(error);
  }
}

/** Only the verb that is called gets its options; the others are a line each of the help. */
async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('mainline dvc')
    .description('track data and run pipelines in DVC repositories, with or beside DVC')
    .helpOption('-h, --help', 'show help')
    .option('--cd <path>', 'work in this folder instead of the one here')
    .option('--wait-for-lock', 'wait for another command for as long as it takes')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for examples)')
    .hook('preAction', (_, command) => {
      const { cd, waitForLock } = command.optsWithGlobals<{ cd?: string; waitForLock?: boolean }>();
      if (waitForLock) command.setOptionValue('waitForLock', true);
      enterFolder(cd);
    });
  const called = findVerb(words);
  if (called === undefined) (await import('./not-here.ts')).refuseDvcOnly(plainWords(words));
  // Without options before it there is no way to the help of the others, and they need not be made.
  const isPlain = called !== undefined && words.slice(0, 2).join(' ').startsWith(called);
  for (const [name, { description, load }] of Object.entries(VERBS)) {
    if (isPlain && name !== called) continue;
    const command = addCommand(program, name).description(description);
    if (name !== called) continue;
    const { verb } = await load();
    verb.define(command.option('-q, --quiet', 'say nothing but errors').option('-v, --verbose', 'say more'));
  }
  return program;
}

/** What the verbs of two words have in common. */
const GROUPS: Readonly<Record<string, string>> = {
  cache: 'care for the cache',
  data: 'ask about tracked data',
  metrics: 'show and compare metrics',
  params: 'compare parameters',
  remote: 'name the places that data is pushed to',
  stage: 'add and list stages',
};

/** `data status` hangs below a command `data`. */
function addCommand(program: Command, name: string): Command {
  const [first = '', second] = name.split(' ');
  if (second === undefined) return program.command(first);
  const known = program.commands.find(command => command.name() === first);
  const group = known ?? program.command(first).description(GROUPS[first] ?? '');
  return group.command(second);
}

function plainWords(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => !word.startsWith('-') && words[index - 1] !== '--cd');
}

/** DVC's short names for some verbs. */
const ALIASES: Readonly<Record<string, string>> = { rm: 'remove', mv: 'move', list: 'ls' };

/** The longest name of a verb that the words start with, options aside. */
function findVerb(words: readonly string[]): string | undefined {
  const plain = plainWords(words);
  const [first] = plain;
  if (first !== undefined && Object.hasOwn(ALIASES, first)) return ALIASES[first];
  const two = plain.slice(0, 2).join(' ');
  if (Object.hasOwn(VERBS, two)) return two;
  return plain[0] !== undefined && Object.hasOwn(VERBS, plain[0]) ? plain[0] : undefined;
}

/** @throws ConfigurationError when there is no folder to work in. */
function enterFolder(cd: string | undefined): void {
  try {
    if (cd !== undefined) process.chdir(cd);
  } catch (cause) {
    throw new ConfigurationError(`${cd} is no folder that can be entered`, {
      remedy: 'Correct --cd.',
      cause,
    });
  }
  if (folderHere() !== undefined) return;
  throw new ConfigurationError('The folder you work in was deleted', { remedy: 'Go to another one: cd' });
}

async function fail(error: unknown): Promise<void> {
  const [{ describeFailure, EXIT_BUG }, { detectTerminal }] = await Promise.all([
    import('#lib/failure.ts'),
    import('../terminal.ts'),
  ]);
  const { color } = detectTerminal(process.stderr, process.env);
  const { text, exitCode } = describeFailure(error, { color, folder: folderHere() ?? '/' });
  const isBug = exitCode === EXIT_BUG;
  process.stderr.write(isBug ? (await import('#lib/compiled-stack.ts')).toSourceLines(text) : text);
  process.exitCode = isBug ? EXIT_BUG : exitCodeOf(error);
}

/** Errors may name their own of DVC's codes; what the user has to mend is 255. */
function exitCodeOf(error: unknown): number {
  const own = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  return typeof own === 'number' ? own : EXIT.failed;
}
