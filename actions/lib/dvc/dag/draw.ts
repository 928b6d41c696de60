// Three ways to draw a graph: a tree for terminals, Graphviz, and Mermaid as DVC writes it.
import { compareText } from '#lib/documents/canonical.ts';
import { type Dag, pipelinesOf } from '#lib/dvc/dag/dag.ts';

type Edge = readonly [from: string, to: string];

/** From what is needed to what it is needed for, sorted. */
function edgesOf(dag: Dag): readonly Edge[] {
  const edges = [...dag].flatMap(([name, from]) =>
    [...from].filter(one => dag.has(one)).map((one): Edge => [one, name]),
  );
  return edges.sort(([a, b], [c, d]) => compareText(a, c) || compareText(b, d));
}

/** Graphviz. */
export function drawDot(dag: Dag): string {
  const quote = (name: string) => (/^".*"$/su.test(name) ? name : `"${name.replaceAll('"', '\\"')}"`);
  const nodes = [...dag.keys()].map(name => `${quote(name)};\n`);
  const edges = edgesOf(dag).map(([from, to]) => `${quote(from)} -> ${quote(to)};\n`);
  return `strict digraph {\n${nodes.join('')}${edges.join('')}}\n`;
}

/** A Mermaid flowchart, in a Markdown block if asked for. */
export function drawMermaid(dag: Dag, isMarkdown: boolean): string {
  const ids = new Map<string, string>();
  const lines = pipelinesOf(dag).flatMap(pipeline => {
    const names = [...pipeline.keys()].sort(compareText);
    for (const name of names) ids.set(name, `node${ids.size + 1}`);
    return [
      ...names.map(name => `\n\t${ids.get(name)}["${name}"]`),
      ...edgesOf(pipeline).map(([from, to]) => `\n\t${ids.get(from)}-->${ids.get(to)}`),
    ];
  });
  const chart = `flowchart TD${lines.join('')}`;
  return isMarkdown ? `\`\`\`mermaid\n${chart}\n\`\`\`\n` : `${chart}\n`;
}

/** Each name below what it is made from; what is made from several stands below each, spelled out the first time. */
export function drawTree(dag: Dag): string {
  return pipelinesOf(dag).map(drawPipeline).join('\n');
}

function drawPipeline(dag: Dag): string {
  const uses = Map.groupBy(edgesOf(dag), ([from]) => from);
  const shown = new Set<string>();
  const draw = (name: string, lead: string): string => {
    const next = (uses.get(name) ?? []).map(([, to]) => to);
    if (shown.has(name)) return `${name}${next.length > 0 ? ' (above)' : ''}\n`;
    shown.add(name);
    const below = next.map((to, index) => {
      const isLast = index === next.length - 1;
      return `${lead}${isLast ? '└─ ' : '├─ '}${draw(to, `${lead}${isLast ? '   ' : '│  '}`)}`;
    });
    return `${name}\n${below.join('')}`;
  };
  const first = [...dag].filter(([, from]) => ![...from].some(one => dag.has(one))).map(([name]) => name);
  return first.map(name => draw(name, '')).join('');
}
