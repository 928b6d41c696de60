// DVC and Mainline work on one repository in turn, beside a second repository in which DVC does everything. After every
// command the two have to hold the same files, and both tools have to say the same about the first.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Random } from '#lib/stats/random.ts';
import { DATA_STEPS } from './dvc-turns-data.ts';
import { compareListings, listFiles, removeOrphans } from './dvc-turns-files.ts';
import { PIPELINE_STEPS } from './dvc-turns-pipelines.ts';
import { compareReports, complaint } from './dvc-turns-reports.ts';
import { git, SHARING_STEPS } from './dvc-turns-sharing.ts';
import { createStart } from './dvc-turns-start.ts';
import { all, type Edit, type Plan, type Turn } from './dvc-turns-step.ts';
import { createEnvironment, startDvc, startMainline, type Tool, type Words } from './dvc-turns-tools.ts';

export const STEPS: Readonly<Record<string, Plan>> = { ...DATA_STEPS, ...PIPELINE_STEPS, ...SHARING_STEPS };

export const PLAYERS = ['both', 'dvc', 'mainline'] as const;
export type Players = (typeof PLAYERS)[number];

/** Every kind of step, in an order that makes each of them possible. */
export const SCRIPT: readonly string[] = [
  ...['add a file', 'add a folder', 'change tracked data and add', 'add several files by a pattern'],
  ...[
    'commit to Git',
    'change inputs and repro',
    'move tracked data',
    'repro',
    'push by one, pull by the other',
  ],
  ...['change inputs, repro dry, in part and whole', 'add a stage', 'repro with options', 'lose outputs'],
  ...['comment in a .dvc file and add', 'change tracked data and commit', 'commit the output of a stage'],
  ...[
    'commit to Git',
    'freeze or unfreeze',
    'change inputs and repro',
    'lose dvc.lock and repro',
    'a stage fails',
  ],
  ...[
    'a failing stage is mended',
    'an entry of DVC 2',
    'import a URL',
    'unprotect',
    'configure',
    'push by one, pull by the other',
    'lose the cache and pull',
    'push',
  ],
  ...['another type of link', 'ignore files and add', 'change tracked data and check out', 'remove a stage'],
  ...['lose tracked data and check out', 'remove a .dvc file', 'commit to Git'],
  ...['collect garbage', 'an older commit', 'the latest commit', 'repro'],
];

/** One step that was taken; `difference` says what came out otherwise. */
export interface TurnTaken {
  readonly step: string;
  readonly tool: string;
  readonly difference: string;
}

export interface TurnsOptions {
  /** The path of the dvc program. */
  readonly dvc: string;
  readonly seed: number;
  /** How many steps are drawn, or the names of the steps in order. */
  readonly steps: number | readonly string[];
  /** Called after each step. */
  readonly onTurn?: (turn: TurnTaken) => void;
  /** Both repositories stay where they are, for a closer look. */
  readonly keep?: boolean;
  /** Who works in the shared repository; `dvc` alone shows whether DVC agrees with itself. */
  readonly players?: Players | undefined;
}

/** Plays until the first difference: what follows it would only repeat it. */
export async function playTurns(options: TurnsOptions): Promise<readonly TurnTaken[]> {
  const home = mkdtempSync(join(tmpdir(), 'mainline-turns-'));
  const table = createTable(home, options);
  const taken: TurnTaken[] = [];
  try {
    await start(table);
    const names = typeof options.steps === 'number' ? undefined : options.steps;
    const count = names?.length ?? Number(options.steps);
    while (taken.length < count) {
      const drawn = names === undefined ? drawStep(table) : planStep(table, names[taken.length] ?? '');
      if (drawn === undefined) continue;
      const turn = { step: drawn.step, ...(await takeTurn(table, drawn.turn)) };
      taken.push(turn);
      options.onTurn?.(turn);
      if (turn.difference !== '') break;
    }
  } finally {
    table.stop();
    if (options.keep === true) process.stdout.write(`kept: ${home}\n`);
    else rmSync(home, { recursive: true, force: true });
  }
  return taken;
}

/** The two repositories and who works in them. */
interface Table {
  /** Here DVC does everything. */
  readonly control: string;
  readonly shared: string;
  readonly random: Random;
  readonly controller: Tool;
  /** DVC and Mainline, who share the second repository. */
  readonly tools: readonly [Tool, Tool];
  /** Mainline does all that it can. */
  readonly isAlone: boolean;
  readonly stop: () => void;
}

function createTable(home: string, { dvc, seed, players = 'both' }: TurnsOptions): Table {
  const [control, shared] = [join(home, 'control/repository'), join(home, 'shared/repository')];
  for (const folder of [control, shared]) mkdirSync(folder, { recursive: true });
  const env = createEnvironment(home);
  const [controller, other] = [startDvc(dvc, env), startDvc(dvc, env)];
  const second = players === 'dvc' ? startDvc(dvc, env) : startMainline(env);
  const stop = () => {
    for (const tool of [controller, other, second]) tool.stop();
  };
  const isAlone = players === 'mainline';
  return { control, shared, random: createRandom(seed), controller, tools: [other, second], isAlone, stop };
}

async function start(table: Table): Promise<void> {
  const commitAll = all(git('add', '-A'), git('commit', '--quiet', '--allow-empty', '-m', 'A step'));
  const turn: Turn = {
    edit: git('init', '--quiet', '-b', 'main'),
    commands: [
      ['init'],
      ['remote', 'add', '-d', 'origin', '../remote'],
      createStart,
      ['add', 'data/table.csv', 'data/pictures'],
      // One game in four begins with pipelines that never ran.
      ...(table.random.integer(4) === 0 ? [] : [['repro', '--all-pipelines']]),
      all(commitAll, git('tag', 'first'), commitAll),
    ],
  };
  const { tool, difference } = await takeTurn(table, turn);
  if (difference !== '' || tool.includes('(')) throw new Error(`The start fails: ${tool}: ${difference}`);
}

interface Drawn {
  readonly step: string;
  readonly turn: Turn;
}

function planStep({ control, random }: Table, step: string): Drawn {
  const turn = STEPS[step]?.({ folder: control, random });
  if (turn === undefined) throw new Error(`There is no step "${step}", or it is not possible here`);
  return { step, turn };
}

function drawStep({ control, random }: Table): Drawn | undefined {
  const names = Object.keys(STEPS);
  const step = names[random.integer(names.length)] ?? '';
  const turn = STEPS[step]?.({ folder: control, random });
  return turn && { step, turn };
}

type Outcome = Pick<TurnTaken, 'tool' | 'difference'>;

async function takeTurn(table: Table, turn: Turn): Promise<Outcome> {
  applyEdit(table, turn.edit);
  const used: string[] = [];
  let next = table.random.integer(2);
  for (const command of turn.commands) {
    if (typeof command === 'function') {
      applyEdit(table, command);
      continue;
    }
    const [dvc, other] = table.tools;
    const isOther = table.isAlone || next++ % 2 === 1;
    const tool = isOther && other.knows(command) ? other : dvc;
    used.push(`${tool.name} ${command.join(' ')};`);
    const { code, difference } = await runBoth(table, tool, command);
    if (code !== 0) used.push(`(${code})`);
    if (difference !== '') return { tool: used.join(' '), difference: `after ${used.at(-1)}: ${difference}` };
  }
  const scene = { folder: table.shared, random: table.random };
  const difference = await compareReports(scene, table.tools);
  return { tool: used.join(' '), difference: difference || compareFiles(table) };
}

function applyEdit({ control, shared }: Table, edit?: Edit): void {
  for (const folder of [control, shared]) edit?.(folder);
}

interface Ended {
  readonly code: number;
  readonly difference: string;
}

/** DVC in the one repository, the tool in the other, at once. */
async function runBoth(table: Table, tool: Tool, words: Words): Promise<Ended> {
  const [expected, found] = await Promise.all([
    table.controller.run(table.control, words),
    tool.run(table.shared, words),
  ]);
  if (expected.code !== found.code) {
    const [one, other] = [complaint(expected), complaint(found)];
    const difference = `ends with ${found.code} (${other}) instead of ${expected.code} (${one})`;
    return { code: found.code, difference };
  }
  if (words[0] === 'checkout' || words[0] === 'pull') removeOrphans(table.control, table.shared);
  return { code: found.code, difference: compareFiles(table) };
}

function compareFiles({ control, shared }: Table): string {
  const inside = compareListings(listFiles(control), listFiles(shared));
  return (
    inside || compareListings(listFiles(join(control, '../remote')), listFiles(join(shared, '../remote')))
  );
}
