// What every workflow and composite action must say, so that a stolen or hostile pull request gains nothing from it.
import type { Pair, Scalar, YAMLMap } from 'yaml';
import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml';

const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/u;
const pinnedImage = /^docker:\/\/[\w./:-]+@sha256:[0-9a-f]{64}$/u;
/** Values that no stranger writes may stand in a script; all others reach it through `env:` and quotes. */
const harmless = /^\s*(?:matrix|runner)\.[\w.-]+\s*$/u;

function textOf(map: YAMLMap, key: string): string | undefined {
  const value: unknown = map.get(key);
  return value === undefined ? undefined : String(value);
}

function pairsOf(node: unknown): readonly Pair<Scalar, Scalar | YAMLMap>[] {
  return isMap(node) ? (node.items.filter(isPair) as Pair<Scalar, Scalar | YAMLMap>[]) : [];
}

/** A step or a job that calls a workflow. */
function usesProblems(map: YAMLMap): readonly string[] {
  const uses = map.get('uses', true);
  if (!isScalar(uses)) return [];
  const name = String(uses.value);
  if (name.startsWith('./')) return [];
  const problems: string[] = [];
  if (!pinned.test(name) && !pinnedImage.test(name)) problems.push(`${name} is not pinned by a whole SHA`);
  else if (!/^ v\d/u.test(uses.comment ?? '')) problems.push(`${name} has no # v comment`);
  const settings: unknown = map.get('with');
  const keeps = isMap(settings) ? settings.get('persist-credentials') : undefined;
  if (name.startsWith('actions/checkout@') && keeps !== false)
    problems.push(`${name} without persist-credentials: false`);
  return problems;
}

function scriptProblems(map: YAMLMap): readonly string[] {
  const settings: unknown = map.get('with');
  const scripts = [textOf(map, 'run'), isMap(settings) ? textOf(settings, 'script') : undefined];
  const expressions = scripts.flatMap(script => [...(script ?? '').matchAll(/\$\{\{(.*?)\}\}/gsu)]);
  return expressions
    .map(([, expression = '']) => expression)
    .filter(expression => !harmless.test(expression))
    .map(expression => `a script holds \${{${expression}}}: pass it through env`);
}

/** Of `permissions:`; the empty map grants nothing and needs no reason. */
function permissionProblems(where: string, node: unknown): readonly string[] {
  if (!isMap(node)) return [`${where} grants ${String(node)} instead of single permissions`];
  return pairsOf(node)
    .filter(({ value }) => isScalar(value) && value.value !== 'none' && !value.comment?.trim())
    .map(({ key, value }) => `${where} grants ${key}: ${value} without a reason beside it`);
}

function jobProblems(name: string, job: YAMLMap): readonly string[] {
  const problems: string[] = [];
  if (!job.has('uses') && typeof job.get('timeout-minutes') !== 'number')
    problems.push(`job ${name} has no timeout-minutes`);
  if (job.has('permissions')) problems.push(...permissionProblems(`job ${name}`, job.get('permissions')));
  return problems;
}

/** Of every step anywhere in the file. */
function stepProblems(text: string): readonly string[] {
  const problems: string[] = [];
  visit(parseDocument(text), {
    Map: (_, map) => {
      problems.push(...usesProblems(map), ...scriptProblems(map));
    },
  });
  return problems;
}

/** What a workflow lacks, in words; empty when it keeps every rule. */
export function workflowProblems(text: string): readonly string[] {
  const document = parseDocument(text);
  const problems = document.errors.map(error => error.message);
  const permissions: unknown = document.get('permissions');
  if (!isMap(permissions) || permissions.items.length > 0) problems.push('no permissions: {} on top');
  const jobs = pairsOf(document.get('jobs'));
  const isLimited =
    document.has('concurrency') || jobs.every(({ value }) => isMap(value) && value.has('concurrency'));
  if (!isLimited) problems.push('no concurrency group');
  if (jobs.length === 0) problems.push('no jobs');
  for (const { key, value } of jobs) if (isMap(value)) problems.push(...jobProblems(String(key), value));
  return [...problems, ...stepProblems(text)];
}

/** The same for an action.yml, which has steps but neither permissions nor jobs. */
export function actionProblems(text: string): readonly string[] {
  return [...parseDocument(text).errors.map(error => error.message), ...stepProblems(text)];
}
