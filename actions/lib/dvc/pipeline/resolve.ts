// dvc.yaml with all templates filled in and all stages generated, still as trees that know their places.
import { dirname, resolve } from 'node:path';
import { DEFAULT_PARSING, type Parsing, textOf } from '#lib/dvc/pipeline/arguments.ts';
import { type ContextValue, fromContext } from '#lib/dvc/pipeline/context-value.ts';
import { foreachVariations, matrixVariations, type Variation } from '#lib/dvc/pipeline/generate.ts';
import { checkExpressions, fillIn, type Scope } from '#lib/dvc/pipeline/interpolate.ts';
import {
  addVars,
  type Context,
  EMPTY_CONTEXT,
  loadDefaults,
  type VarsSource,
} from '#lib/dvc/pipeline/vars.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { type MapNode, type Member, memberOf, plainOf, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import type { TypedTree } from '#lib/dvc/values/yaml-read.ts';

/** File, then dotted path, then value: what a stage took from parameters files through templates. */
export type UsedValues = ReadonlyMap<string, ReadonlyMap<string, Value>>;

/** One stage with its values. */
export interface ResolvedStage {
  readonly name: string;
  /** The key of dvc.yaml it was generated from. */
  readonly group: string | undefined;
  /** Offset of the stage's name, or of its template's. */
  readonly keyAt: number;
  readonly node: YamlNode;
  /** The same stage as written. */
  readonly written: YamlNode;
  readonly used: UsedValues;
}

/** A dvc.yaml whose templates are filled in. */
export interface Resolved {
  readonly stages: readonly ResolvedStage[];
  /** Everything else: `params`, `metrics`, `plots`, `artifacts`, `datasets`. */
  readonly top: ReadonlyMap<string, YamlNode>;
}

interface ResolveOptions {
  readonly root: string;
  readonly readText: (path: string) => Promise<string | undefined>;
  readonly parsing?: Parsing | undefined;
}

interface Work {
  readonly source: VarsSource;
  readonly context: Context;
  readonly scope: Scope;
  readonly folder: string;
}

/** @throws ConfigurationError at the first template that cannot be filled in. */
export async function resolveTemplates(
  tree: TypedTree,
  { root, readText, parsing = DEFAULT_PARSING }: ResolveOptions,
): Promise<Resolved> {
  const folder = dirname(resolve(tree.file));
  const source: VarsSource = { root, readText, at: tree.at };
  const context = await loadContext(tree, { folder, source });
  const scope: Scope = { members: context.members, parsing, text: tree.text, at: tree.at };
  const work: Work = { source, context, scope, folder };
  const stages: ResolvedStage[] = [];
  const isPlain = !tree.text.includes('${');
  const top = new Map<string, YamlNode>();
  for (const { key, value } of tree.root.kind === 'map' ? tree.root.members : []) {
    if (key === 'stages') {
      for (const member of value.kind === 'map' ? value.members : []) {
        if (isPlain && !isGenerated(member.value)) stages.push(asWritten(member));
        else for (const stage of await resolveMember(member, work)) stages.push(stage);
      }
    } else if (key !== 'vars') top.set(String(key), fillIn(value, undefined, scope));
  }
  return { stages, top };
}

/** False for a dvc.yaml that surely has no templates, which takes nothing from other files. */
export function takesValues(text: string): boolean {
  return text.includes('${') || text.includes('vars');
}

/** Nothing is loaded for a file that fills nothing in. */
async function loadContext(
  tree: TypedTree,
  { folder, source }: Pick<Work, 'folder' | 'source'>,
): Promise<Context> {
  const vars = memberOf(tree.root, 'vars')?.value;
  if (!takesValues(tree.text)) return EMPTY_CONTEXT;
  const defaults = await loadDefaults(folder, source);
  return vars ? addVars(defaults, vars, { folder, name: 'vars', source }) : defaults;
}

const NOTHING_USED: UsedValues = new Map();

/** A stage in which there is nothing to fill in. */
function asWritten({ key, keyAt, value }: Member): ResolvedStage {
  return { name: String(key), group: undefined, keyAt, node: value, written: value, used: NOTHING_USED };
}

function isGenerated(stage: YamlNode): boolean {
  if (stage.kind !== 'map') return false;
  return stage.members.some(({ key }) => key === 'foreach' || key === 'matrix' || key === 'vars');
}

async function resolveMember({ key, keyAt, value }: Member, work: Work): Promise<readonly ResolvedStage[]> {
  const name = String(key);
  const foreach = memberOf(value, 'foreach')?.value;
  const matrix = memberOf(value, 'matrix')?.value;
  if (!foreach && !matrix) return [await resolveStage(value, { name, group: undefined, keyAt }, work)];
  const template = foreach ? (memberOf(value, 'do')?.value ?? value) : without(value, 'matrix');
  checkExpressions(template, work.scope);
  const variations = foreach
    ? foreachVariations(foreach, work.scope)
    : matrixVariations(matrix ?? value, work.scope);
  return Promise.all(
    variations.map(variation =>
      resolveStage(template, { name: `${name}@${variation.key}`, group: name, keyAt, variation }, work),
    ),
  );
}

function without(node: YamlNode, key: string): YamlNode {
  if (node.kind !== 'map' || !memberOf(node, key)) return node;
  return { ...node, members: node.members.filter(member => member.key !== key) };
}

interface StageName {
  readonly name: string;
  readonly group: string | undefined;
  readonly keyAt: number;
  readonly variation?: Variation | undefined;
}

async function resolveStage(
  written: YamlNode,
  { variation, ...stage }: StageName,
  work: Work,
): Promise<ResolvedStage> {
  const used = new Map<string, Map<string, Value>>();
  const members = variation ? new Map([...work.scope.members, ...variation.values]) : work.scope.members;
  const own = { ...work, context: { ...work.context, members }, scope: { ...work.scope, members } };
  const vars = memberOf(written, 'vars')?.value;
  const reserved = [...(variation?.values.keys() ?? [])];
  const context = vars
    ? await addVars(own.context, vars, {
        folder: workingFolder(written, own),
        name: `${stage.name}.vars`,
        reserved,
        source: work.source,
      })
    : own.context;
  const scope: Scope = { ...own.scope, members: context.members, onUse: value => remember(value, used) };
  return { ...stage, written, node: fillStage(without(written, 'vars'), scope), used };
}

function workingFolder(stage: YamlNode, { scope, folder }: Work): string {
  const wdir = memberOf(stage, 'wdir')?.value;
  if (!wdir) return folder;
  return resolve(folder, textOf(plainOf(fillIn(wdir, 'wdir', scope)), scope.parsing));
}

function fillStage(stage: YamlNode, scope: Scope): YamlNode {
  if (stage.kind !== 'map') return stage;
  const members = stage.members.map(member => {
    const value = fillIn(member.value, String(member.key), scope);
    return value === member.value ? member : { ...member, value };
  });
  const filled: MapNode = { ...stage, members };
  return members.every((member, index) => member === stage.members[index]) ? stage : filled;
}

function remember(value: ContextValue, used: Map<string, Map<string, Value>>): void {
  const { origin } = value;
  if (value.kind === 'map' || origin?.file === undefined) return;
  const paths = used.get(origin.file) ?? new Map<string, Value>();
  used.set(origin.file, paths.set(origin.path, fromContext(value)));
}
