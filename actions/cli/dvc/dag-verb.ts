// mainline dvc dag: draws what is made from what.
import type { Dag } from '#lib/dvc/dag/dag.ts';
import { visible } from '../say.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly dot?: boolean;
  readonly mermaid?: boolean;
  readonly md?: boolean;
  readonly collapseForeachMatrix?: boolean;
  readonly full?: boolean;
  readonly outs?: boolean;
}

export const verb: Verb = {
  description: 'draw what is made from what',
  define: command =>
    command
      .argument('[target]', 'a stage or output; everything unless given')
      .option('--dot', 'for Graphviz')
      .option('--mermaid', 'as a Mermaid flowchart')
      .option('--md', 'as a Mermaid flowchart in a Markdown block')
      .option('--collapse-foreach-matrix', 'the stages of each foreach or matrix as one')
      .option('--full', 'everything that hangs together with the target, not only what it is made from')
      .option('-o, --outs', 'outputs instead of stages')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc dag                  all stages, those first that the others are made from
  mainline dvc dag train --full     the whole pipeline around train
  mainline dvc dag --md             for a README`,
      )
      .action(run),
};

async function run(target: string | undefined, options: Options): Promise<void> {
  const [{ readDag }, { drawDot, drawMermaid, drawTree }] = await Promise.all([
    import('#lib/flows/dvc/dag.ts'),
    import('#lib/dvc/dag/draw.ts'),
  ]);
  const { full, outs, collapseForeachMatrix: collapse, dot, mermaid, md } = options;
  const around = { directory: process.cwd(), env: process.env, now: () => Date.now() };
  const dag = visibleNames(await readDag({ ...around, target, full, outs, collapse }));
  if (dot) process.stdout.write(drawDot(dag));
  else if (mermaid || md) process.stdout.write(drawMermaid(dag, md === true));
  else process.stdout.write(drawTree(dag));
}

function visibleNames(dag: Dag): Dag {
  return new Map([...dag].map(([name, others]) => [visible(name), new Set([...others].map(visible))]));
}
