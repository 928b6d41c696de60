// Gates explained: what each means, what it found, what would pass, what to do.
import type { GateExplanation } from '#lib/gates/explain.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** @param origin where what was found comes from, such as `re-derived` */
export function gateBlocks(
  model: string,
  explained: readonly GateExplanation[],
  origin?: string,
): readonly Block[] {
  return explained.flatMap(({ gate, meaning, passes }): readonly Block[] => [
    { kind: 'heading', level: 3, text: `${model}: ${gate.condition}` },
    {
      kind: 'list',
      items: [
        point('Means', meaning),
        point(origin === undefined ? 'Found' : `Found (${origin})`, `${gate.outcome}: ${gate.reason}`),
        point('Would pass', passes),
        ...(gate.override ? [point('Overridden', sayOverride(gate.override))] : []),
        ...(gate.remedy === null ? [] : [point('To do', gate.remedy)]),
      ],
    },
  ]);
}

type Override = NonNullable<GateExplanation['gate']['override']>;

function sayOverride({ by, reason, expires, path }: Override): string {
  return `by ${by} until ${expires}: ${reason} (${path})`;
}

function point(title: string, text: string): Inline {
  return [{ text: title, strong: true }, { text: `: ${text}` }];
}
