// The graph of a repository as people look at it: names of stages or outputs, and which of them is made from which.
import { needsOf } from '#lib/dvc/pipeline/graph.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';

/** Each name with the names it is made from. */
export type Dag = ReadonlyMap<string, ReadonlySet<string>>;

/** Stages and .dvc files by their addresses. */
export function stageDag(stages: readonly IndexedStage[]): Dag {
  const needs = needsOf(stages);
  return new Map(
    stages.map(stage => [stage.name, new Set((needs.get(stage) ?? []).map(({ name }) => name))]),
  );
}

/** Outputs by their paths; `name` gives them as the user would type them. */
export function outputDag(stages: readonly IndexedStage[], name: (path: string) => string): Dag {
  const needs = needsOf(stages);
  return new Map(
    stages.flatMap(stage => {
      const inputs = [...stage.deps, ...stage.params];
      const made = (needs.get(stage) ?? [])
        .flatMap(({ outs }) => outs)
        .filter(({ absolute: out }) =>
          inputs.some(({ absolute: path }) => isWithin(out, path) || isWithin(path, out)),
        );
      const from = new Set(made.map(({ absolute }) => name(absolute)));
      return stage.outs.map(({ absolute }) => [name(absolute), from] as const);
    }),
  );
}

/** What the targets are made from; with `isFull` everything they hang together with. No targets stand for all. */
export function aroundTargets(dag: Dag, targets: readonly string[], isFull: boolean): Dag {
  if (targets.length === 0) return dag;
  const kept = reach(targets, isFull ? undirected(dag) : dag);
  return new Map([...dag].filter(([name]) => kept.has(name)));
}

function reach(from: readonly string[], dag: Dag): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...(dag.get(name) ?? []));
  }
  return found;
}

function undirected(dag: Dag): Dag {
  const both = new Map([...dag].map(([name, from]) => [name, new Set(from)]));
  for (const [name, from] of dag) for (const other of from) both.get(other)?.add(name);
  return both;
}

/** The stages of each foreach or matrix as one. */
export function collapseGroups(dag: Dag): Dag {
  const groupOf = (name: string) => (name.endsWith('.dvc') ? name : (name.split('@')[0] ?? name));
  const collapsed = new Map<string, Set<string>>();
  for (const [name, from] of dag) {
    const group = groupOf(name);
    const before = collapsed.get(group) ?? new Set();
    for (const other of from) if (groupOf(other) !== group) before.add(groupOf(other));
    collapsed.set(group, before);
  }
  return collapsed;
}

/** Parts that nothing connects, each in the order of the graph. */
export function pipelinesOf(dag: Dag): readonly Dag[] {
  const both = undirected(dag);
  const seen = new Set<string>();
  return [...dag.keys()].flatMap(name => {
    if (seen.has(name)) return [];
    const members = reach([name], both);
    for (const member of members) seen.add(member);
    return [new Map([...dag].filter(([one]) => members.has(one)))];
  });
}
