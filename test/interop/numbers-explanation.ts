// Shapley values of trees in both ways and of weighted sums, and partial dependence, from the structure in the ONNX files.
import { partialDependence } from '#lib/explanation/dependence.ts';
import { linearShap } from '#lib/explanation/linear-shap.ts';
import type { Attributions } from '#lib/explanation/sums.ts';
import { countCovers, interventionalShap, pathDependentShap } from '#lib/explanation/tree-shap.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import type { ModelStructure } from '#lib/onnx/structure.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';
import type { Measured, Numbers, Value } from './numbers-task.ts';

const EXPLAINED = 50;
const BACKGROUND = 100;

interface Model {
  readonly name: string;
  readonly scorer: Scorer;
  readonly structure: ModelStructure | undefined;
}

/** The families shap and dependence; nothing for several classes, which are not explained by structure. */
export async function measureExplanations(
  { task, train, test }: Measured,
  models: readonly Model[],
): Promise<Numbers> {
  if (task.kind === 'multiclass-classification') return {};
  const first = (table: Table, rows: number) =>
    selectRows(
      table,
      Array.from({ length: rows }, (_, i) => i),
    );
  const tables = { rows: first(test, EXPLAINED), background: first(train, BACKGROUND), train };
  const shap = models.map(model => shapOf(model, tables, task.features));
  const dependence: Record<string, Value> = {};
  for (const column of task.features.slice(0, 4)) {
    for (const { name, scorer } of models) {
      const { points } = await partialDependence(
        rows => scorer.score(rows),
        { rows: test, column },
        { mostRows: test.rows, mostPoints: 8 },
      );
      dependence[`${name} ${column} values`] = points.map(({ value }) => Number(value));
      dependence[`${name} ${column}`] = points.flatMap(({ mean, low, high }) => [mean, low, high]);
    }
  }
  return { shap: Object.assign({}, ...shap), dependence };
}

interface Tables {
  readonly rows: Table;
  readonly background: Table;
  readonly train: Table;
}

function shapOf(
  { name, structure }: Model,
  { rows, background, train }: Tables,
  features: readonly string[],
): Readonly<Record<string, Value>> {
  if (!structure) throw new RangeError(`The structure of the ${name} is not read`);
  const list = (found: Attributions): Value => [
    found.base,
    ...features.flatMap(feature => [...(found.values[found.columns.indexOf(feature)] ?? [])]),
  ];
  if (structure.kind === 'additive')
    return { [`${name} linear`]: list(linearShap(structure, rows, background)) };
  return {
    [`${name} path-dependent`]: list(pathDependentShap(structure, rows, countCovers(structure, train))),
    [`${name} interventional`]: list(interventionalShap(structure, rows, background)),
  };
}
