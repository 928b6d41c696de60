// Raw columns to float32 numbers, as the exported graph does it: what a trainer sees is what the model will see.
// Categories are numbered by code point, without a look at the target: no leak, and the same order everywhere.
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Column, type ColumnType, findColumn, type Table } from '#lib/tables/table.ts';

/** A column as a model knows it; `categories` are the texts seen in training, sorted, empty for numbers. */
export interface Feature extends ColumnType {
  readonly categories: readonly string[];
}

/** Learns the columns' kinds and categories; the empty text is "missing", not a category. */
export function learnFeatures(table: Table): readonly Feature[] {
  return table.columns.map(column => ({
    name: column.name,
    kind: column.kind,
    categories: column.kind === 'string' ? distinctTexts(column.values) : [],
  }));
}

function distinctTexts(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter(text => text !== '').toSorted(compareText);
}

/** One float32 array per feature: numbers rounded, categories by number; missing and unseen ones are NaN. */
export function encodeTable(features: readonly Feature[], table: Table): readonly Float32Array[] {
  return features.map(feature => encodeColumn(feature, requireColumn(feature, table)));
}

function encodeColumn(feature: Feature, column: Column): Float32Array {
  if (column.kind === 'number') return Float32Array.from(column.values);
  const codes = new Map(feature.categories.map((category, code) => [category, code]));
  return Float32Array.from(column.values, text => codes.get(text) ?? Number.NaN);
}

function requireColumn(feature: Feature, table: Table): Column {
  const column = findColumn(table, feature.name);
  if (!column) {
    throw new ConfigurationError(`The column "${feature.name}" is missing; the model was trained with it`, {
      remedy: `Give the table this column (${feature.kind}).`,
    });
  }
  if (column.kind !== feature.kind) {
    throw new ConfigurationError(
      `The column "${feature.name}" holds ${column.kind}s, the model needs ${feature.kind}s`,
      {
        remedy: 'Read the column as the kind it had in training.',
      },
    );
  }
  return column;
}
