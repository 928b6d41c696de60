// What a gate means, in words for whoever meets it for the first time. What it found is its result; what would pass follows
// from its kind.
import { costMetrics, relativeCostMetrics } from '#lib/evaluation/cost.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateResult } from '#lib/gates/gate.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { findMeasure } from '#lib/gates/measures.ts';

export interface GateExplanation {
  readonly gate: GateResult;
  /** What it looks at, and why it is asked for. */
  readonly meaning: string;
  /** What would have to be found. */
  readonly passes: string;
}

interface Words {
  readonly meaning: string;
  readonly passes: string;
}

const standing: Readonly<Record<string, Words>> = {
  contract: {
    meaning:
      'Every data file that a stage reads has a contract, and no rule of it with the severity error is broken. Every model has this gate, and no file takes it away.',
    passes: 'All rules of severity error hold, for every file.',
  },
  behaviour: {
    meaning:
      'What people who know the domain expect of the answers, whatever the metrics say: the tests of behaviour.yaml with the severity block. Every model that has the file has this gate.',
    passes: 'Every such test holds on as many rows as it asks for.',
  },
  leakage: {
    meaning:
      'What the model is judged on stayed hidden while it learned: no test row is also a training row, and no single feature tells the target by itself. Every model has this gate, and no file takes it away.',
    passes: 'No duplicate across the split, and no feature that gives the target away.',
  },
};

/** Explains a result; `declared` are the gates of the model.yaml that it was judged by. */
export function explainGate(gate: GateResult, declared: readonly Gate[]): GateExplanation {
  const found = declared.find(one => conditionOf(one).id === gate.id);
  const words = standing[gate.id] ?? (found ? wordsOf(found, gate.condition) : unknown(gate));
  const warns = 'It only warns: a proposal stands without it.';
  const meaning = gate.severity === 'warn' ? `${words.meaning} ${warns}` : words.meaning;
  return { gate, meaning, passes: words.passes };
}

/** Gates that somebody means: by id, by what is asked in words, or all those of a metric. */
export function findGates(gates: readonly GateResult[], asked: string): readonly GateResult[] {
  const word = asked.trim().toLowerCase();
  const exact = gates.filter(({ id, condition }) =>
    [id, condition].some(text => plain(text) === plain(word)),
  );
  return exact.length > 0 ? exact : gates.filter(({ id }) => plain(id).split(' ')[0] === plain(word));
}

/** Units are parted by spaces that nobody types. */
function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/gu, ' ').trim();
}

function wordsOf(gate: Gate, condition: string): Words {
  const words = gate.slices === undefined ? wordsOfWhole(gate, condition) : wordsOfSlices(gate, condition);
  const meaning = meaningOf(gate.metric);
  return meaning === undefined ? words : { ...words, meaning: `${meaning} ${words.meaning}` };
}

/** What it is that is bounded, in one plain line. */
function meaningOf(name: string): string | undefined {
  const tasks = ['binary-classification', 'regression', 'multiclass-classification'] as const;
  const metric = tasks.flatMap(task => findMetric(task, name) ?? [])[0];
  const cost = [...costMetrics, ...relativeCostMetrics].find(candidate => candidate.name === name);
  return (findMeasure(name) ?? metric ?? cost)?.meaning;
}

function wordsOfWhole({ metric, margin, notWorseThan, betterThan }: Gate, condition: string): Words {
  if (notWorseThan !== undefined) {
    const room = margin === undefined ? 'at all' : 'by more than the margin';
    return {
      meaning: `Both models answer the same test rows, and ${metric} may not get worse ${room}. Few rows leave the difference uncertain, so its 95 % interval is judged and not the one number.`,
      passes: `${condition}, for the whole 95 % interval of the difference to the ${notWorseThan}. An interval that reaches beyond says "can't tell", which does not pass.`,
    };
  }
  if (betterThan !== undefined) {
    const other = betterThan === 'trivial' ? 'trivial model, which always gives the same answer' : betterThan;
    return {
      meaning: `Both models answer the same test rows, and ${metric} has to get better than that of the ${other}, by more than chance would.`,
      passes: 'The whole 95 % interval of the difference lies on the good side of zero.',
    };
  }
  const bar =
    findMeasure(metric)?.mayBeOverridden === false ? ' No override lets a model through this gate.' : '';
  return {
    meaning: `${metric} is held against a fixed bound that stands in model.yaml or in its profile. The value itself is judged; where it has an interval, that is shown so that you see how near to chance it is.${bar}`,
    passes: `${condition}.`,
  };
}

function wordsOfSlices({ metric, slices = [], notWorseThan }: Gate, condition: string): Words {
  const what =
    notWorseThan === undefined
      ? 'lie beyond the bound'
      : `be worse than the ${notWorseThan} beyond the margin`;
  return {
    meaning: `An average hides where a model fails, so ${metric} is looked at on each value of ${slices.join(', ')} with enough rows. Of many parts one is always unlucky: only what chance does not explain counts.`,
    passes: `${condition}: on no part may the whole interval ${what}.`,
  };
}

function unknown({ condition }: GateResult): Words {
  return {
    meaning: 'This gate stands in no model.yaml that is at hand, so only what was asked is known.',
    passes: `${condition}.`,
  };
}
