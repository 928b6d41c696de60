// Raw columns as the numbers a linear model weighs: standardised numbers, one 0/1 column per category.
// All are centred and a missing value is 0, the average: it then says nothing, in training and in the exported graph.
import { compareText } from '#lib/documents/canonical.ts';
import type { StringColumn, Table } from '#lib/tables/table.ts';
import { encodeTable, type Feature, learnFeatures } from '#lib/training/encoding.ts';

/** How one feature enters; all numbers are float32, as the exported graph holds them. */
export interface DesignFeature extends Feature {
  /** For numbers: one each; for categories: one per category, where scale is always 1. */
  readonly centers: Float32Array;
  readonly scales: Float32Array;
}

/** Row-major, `width` numbers per row. */
export interface Design {
  readonly features: readonly DesignFeature[];
  readonly width: number;
  readonly cells: Float64Array;
}

/** Learns centres and scales from the training rows and lays them out; rare categories beyond `maxCategories` count as missing. */
export function learnDesign(table: Table, maxCategories: number): Design {
  const features = learnFeatures(keepFrequent(table, maxCategories));
  const encoded = encodeTable(features, table);
  const learned = features.map((feature, i) =>
    feature.kind === 'number' ? learnNumber(feature, encoded[i]!) : learnCategories(feature, encoded[i]!),
  );
  const width = learned.reduce((sum, { centers }) => sum + centers.length, 0);
  return { features: learned, width, cells: fillCells(learned, encoded, { rows: table.rows, width }) };
}

/** Blanks the categories that are not among the most frequent ones. */
function keepFrequent(table: Table, maxCategories: number): Table {
  return {
    ...table,
    columns: table.columns.map(column =>
      column.kind === 'string' ? blankRare(column, maxCategories) : column,
    ),
  };
}

function blankRare(column: StringColumn, maxCategories: number): StringColumn {
  const counts = new Map<string, number>();
  for (const text of column.values) counts.set(text, (counts.get(text) ?? 0) + 1);
  counts.delete('');
  if (counts.size <= maxCategories) return column;
  const ranked = [...counts].toSorted(([a, m], [b, n]) => n - m || compareText(a, b));
  const kept = new Set(ranked.slice(0, maxCategories).map(([text]) => text));
  return { ...column, values: column.values.map(text => (kept.has(text) ? text : '')) };
}

function learnNumber(feature: Feature, values: Float32Array): DesignFeature {
  const present = values.filter(value => !Number.isNaN(value));
  const mean = present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : 0;
  const squares = present.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const deviation = present.length > 0 ? Math.sqrt(squares / present.length) : 0;
  return { ...feature, centers: Float32Array.of(mean), scales: Float32Array.of(deviation || 1) };
}

function learnCategories(feature: Feature, codes: Float32Array): DesignFeature {
  const counts = new Float64Array(feature.categories.length);
  let known = 0;
  for (const code of codes) {
    if (Number.isNaN(code)) continue;
    counts[code]! += 1;
    known += 1;
  }
  const centers = Float32Array.from(counts, count => count / known);
  return { ...feature, centers, scales: new Float32Array(counts.length).fill(1) };
}

function fillCells(
  features: readonly DesignFeature[],
  encoded: readonly Float32Array[],
  { rows, width }: { rows: number; width: number },
): Float64Array {
  const cells = new Float64Array(rows * width);
  let offset = 0;
  features.forEach(({ kind, centers, scales }, i) => {
    for (let row = 0; row < rows; row++) {
      const value = encoded[i]![row]!;
      if (Number.isNaN(value)) continue;
      for (let column = 0; column < centers.length; column++) {
        const raw = kind === 'number' ? value : Number(value === column);
        cells[row * width + offset + column] = (raw - centers[column]!) / scales[column]!;
      }
    }
    offset += centers.length;
  });
  return cells;
}
