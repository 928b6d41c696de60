// How workflows hang together: what they give to our actions and take from them, and what the zone of trust that a trigger
// puts them in lets them do. Read as plain data; comments and pins are workflow-rules.ts's.
import { parse } from 'yaml';

type Values = Readonly<Record<string, unknown>>;

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Values;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly name?: string;
  readonly on?:
    | string
    | readonly string[]
    | Readonly<Record<string, { readonly workflows?: readonly string[] } | null>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** What an action.yml takes and gives. */
export interface ActionWords {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** By the way a step names it, such as `./actions/train`. */
export type LocalActions = Readonly<Record<string, ActionWords>>;

/** The one Node that everything is tested with. */
const NODE = 24;
/** What may be checked out where there are rights, or where secrets are at hand. */
const trustedRef = /^\$\{\{ github\.event\.repository\.default_branch \}\}$/u;

export function readAction(text: string): ActionWords {
  const { inputs = {}, outputs = {} } = parse(text) as Partial<ActionWords>;
  return { inputs: inputs ?? {}, outputs: outputs ?? {} };
}

/** Every wire that leads nowhere, and every step that a zone forbids. */
export function wiringProblems(text: string, actions: LocalActions): readonly string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  return [
    ...jobs.flatMap(([name, job]) => jobProblems(name, job, { workflow, actions })),
    ...zoneProblems(workflow, text),
  ];
}

function jobProblems(
  name: string,
  job: Job,
  { workflow, actions }: { readonly workflow: Workflow; readonly actions: LocalActions },
): readonly string[] {
  const steps = job.steps ?? [];
  return [
    ...steps.flatMap(step => withProblems(step, actions)),
    ...steps.flatMap(step => nodeProblems(step, job)),
    ...expressionsOf(job).flatMap(expression => [
      ...stepOutputs(expression).flatMap(found => stepProblems(found, steps, actions)),
      ...needsOutputs(expression).flatMap(found => needsProblems(found, job, workflow)),
    ]),
  ].map(problem => `job ${name}: ${problem}`);
}

/** A step of ours gets what its action.yml knows, and all that it needs. */
function withProblems({ uses = '', with: given = {} }: Step, actions: LocalActions): readonly string[] {
  if (!uses.startsWith('./')) return [];
  const action = actions[uses];
  if (!action) return [`there is no action ${uses}`];
  const unknown = Object.keys(given).filter(input => !(input in action.inputs));
  const missing = Object.entries(action.inputs).filter(
    ([input, { required }]) => required && !(input in given),
  );
  return [
    ...unknown.map(input => `${uses} has no input ${input}`),
    ...missing.map(([input]) => `${uses} needs the input ${input}`),
  ];
}

function nodeProblems({ uses = '', with: given = {} }: Step, { strategy }: Job): readonly string[] {
  if (!uses.startsWith('actions/setup-node@')) return [];
  const version = given['node-version'];
  const [, key] = /^\$\{\{ matrix\.([\w-]+) \}\}$/u.exec(String(version)) ?? [];
  const versions = key === undefined ? [version] : [strategy?.matrix?.[key]].flat();
  return versions.includes(NODE) ? [] : [`setup-node gives Node ${String(version)} instead of ${NODE}`];
}

function stepProblems(
  [id = '', output = '']: readonly string[],
  steps: readonly Step[],
  actions: LocalActions,
): readonly string[] {
  const step = steps.find(one => one.id === id);
  if (!step) return [`there is no step ${id}`];
  const action = actions[step.uses ?? ''];
  return action && !(output in action.outputs) ? [`${step.uses} has no output ${output}`] : [];
}

function needsProblems(
  [job = '', output]: readonly (string | undefined)[],
  { needs = [] }: Job,
  { jobs }: Workflow,
): readonly string[] {
  if (![needs].flat().includes(job)) return [`it does not need ${job}`];
  if (output === undefined || output in (jobs[job]?.outputs ?? {})) return [];
  return [`job ${job} has no output ${output}`];
}

/** Every text in which an expression may stand: in `if`, all of it is one. */
function expressionsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsOf) : [];
}

function stepOutputs(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/gu)].map(([, ...names]) => names);
}

function needsOutputs(text: string): readonly (readonly (string | undefined)[])[] {
  return [...text.matchAll(/\bneeds\.([\w-]+)\.(?:outputs\.([\w-]+)|result)/gu)].map(([, ...names]) => names);
}

export function triggersOf(text: string): readonly string[] {
  const { on = [] } = parse(text) as Workflow;
  return typeof on === 'object' && !Array.isArray(on) ? Object.keys(on) : [on as string | string[]].flat();
}

/** Grants by job, as `contents: read`; what each workflow may do, at a glance. */
export function grantsOf(text: string): Readonly<Record<string, readonly string[]>> {
  const { jobs } = parse(text) as Workflow;
  return Object.fromEntries(
    Object.entries(jobs).map(([name, { permissions = {} }]) => [
      name,
      Object.entries(permissions).map(([key, value]) => `${key}: ${value}`),
    ]),
  );
}

/** Triggers of a stranger's doing that run the default branch's file with its rights and secrets. */
const privileged = ['pull_request_target', 'workflow_run', 'issue_comment'];

function zoneProblems(workflow: Workflow, text: string): readonly string[] {
  const triggers = triggersOf(text);
  const isProposed = triggers.some(name =>
    ['pull_request', 'pull_request_review', 'merge_group'].includes(name),
  );
  const isPrivileged = triggers.some(name => privileged.includes(name));
  const grants = Object.values(grantsOf(text)).flat();
  const mayWrite = grants.some(grant => grant.endsWith(': write'));
  const steps = Object.values(workflow.jobs ?? {}).flatMap(({ steps: all = [] }) => all);
  const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
  const refs = checkouts.map(({ with: given = {} }) => given.ref);
  return [
    ...(isProposed && mayWrite ? ['what runs proposed code may write'] : []),
    ...(isProposed && /\bsecrets\./u.test(text) ? ['what runs proposed code has secrets'] : []),
    ...(isPrivileged && refs.some(ref => !trustedRef.test(String(ref)))
      ? ['a stranger’s event chooses what is checked out']
      : []),
    ...((isPrivileged || mayWrite) && steps.some(({ uses = '' }) => /^actions\/cache[@/]/u.test(uses))
      ? ['what has rights restores a cache']
      : []),
  ];
}

/** Names of workflows whose end this one waits for. */
export function awaitedWorkflows(text: string): readonly string[] {
  const { on = {} } = parse(text) as Workflow;
  if (typeof on !== 'object' || Array.isArray(on)) return [];
  return [
    ...((on as Readonly<Record<string, { workflows?: readonly string[] } | null>>).workflow_run?.workflows ??
      []),
  ];
}
