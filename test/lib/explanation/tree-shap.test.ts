import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, sumsOf } from '#lib/explanation/sums.ts';
import {
  countCovers,
  interventionalShap,
  isExplainable,
  pathDependentShap,
} from '#lib/explanation/tree-shap.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import type { TreeStructure } from '#lib/onnx/structure.ts';
import type { Table } from '#lib/tables/table.ts';
import { features, libraryModels, numberTable, plain, randomRows, randomTrees, rowsOf } from './models.ts';

interface TreeCase {
  readonly id: string;
  readonly test: string;
  readonly inputs: {
    readonly x: readonly number[];
    readonly tree: Readonly<
      Record<'feature' | 'threshold' | 'left' | 'right' | 'value' | 'cover', readonly number[]>
    >;
  };
  readonly expected: { readonly base: number; readonly phi: readonly number[]; readonly prediction: number };
}

const bruteForce = (
  JSON.parse(
    readFileSync(new URL('../../fixtures/explanation/brute-force.json', import.meta.url), 'utf8'),
  ) as readonly TreeCase[]
).filter(({ test }) => test === 'tree');

function structureOf({ tree }: TreeCase['inputs']): TreeStructure {
  const isLeaf = tree.feature.map(feature => feature < 0);
  const nodes = {
    feature: Int32Array.from(tree.feature),
    threshold: Float32Array.from(tree.threshold),
    mode: tree.feature.map(() => 'BRANCH_LEQ' as const),
    missingPasses: new Uint8Array(tree.feature.length),
    passed: Int32Array.from(tree.left, (child, node) => (isLeaf[node] ? 0 : child)),
    failed: Int32Array.from(tree.right, (child, node) => (isLeaf[node] ? 0 : child)),
    value: Float64Array.from(tree.value),
  };
  return { kind: 'trees', features: ['a', 'b', 'c'].map(plain), trees: [nodes], base: 0, link: 'identity' };
}

function treesOf(bytes: Uint8Array): TreeStructure {
  const structure = readStructure(bytes, { features });
  if (structure?.kind !== 'trees') throw new Error('No trees were read');
  return structure;
}

function expectEqualRows(
  found: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  tolerance = 1e-9,
): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(Math.abs((found[i]?.[j] ?? Number.NaN) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
    });
  });
}

describe('the path-dependent way', () => {
  it.each(bruteForce)('$id: equals brute force over all coalitions', ({ inputs, expected }) => {
    const structure = structureOf(inputs);
    const rows = numberTable([inputs.x], ['a', 'b', 'c']);
    const found = pathDependentShap(structure, rows, [Float64Array.from(inputs.tree.cover)]);
    expect(found.base).toBeCloseTo(expected.base, 9);
    expect(answersOf(structure, rows)[0]).toBe(expected.prediction);
    expectEqualRows(rowsOf(found, ['a', 'b', 'c']), [expected.phi]);
  });

  it.each(libraryModels.flatMap(one => (one.pathDependent && !one.name.startsWith('Standard') ? [one] : [])))(
    '$name: equals the library’s own values with covers counted on its training rows',
    one => {
      const structure = treesOf(one.bytes);
      const found = pathDependentShap(structure, one.asked, countCovers(structure, one.training));
      expect(Math.abs(found.base - (one.pathDependent?.base ?? Number.NaN))).toBeLessThan(2e-6);
      expectEqualRows(rowsOf(found, features), one.pathDependent?.values ?? [], 2e-6);
    },
  );
});

describe('the interventional way', () => {
  it.each(
    libraryModels.flatMap(one => (one.interventional && !one.name.startsWith('Standard') ? [one] : [])),
  )('$name: equals the shap package against the same background', one => {
    const found = interventionalShap(treesOf(one.bytes), one.asked, one.background);
    expect(Math.abs(found.base - (one.interventional?.base ?? Number.NaN))).toBeLessThan(2e-6);
    expectEqualRows(rowsOf(found, features), one.interventional?.values ?? [], 2e-6);
  });

  it('equals brute force over coalitions of columns, also where a column has two features', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(3), randomRows(4), (random, rows, background) => {
        const structure = { ...random, features: ['a', 'b', 'c', 'a'].map(plain) };
        const found = interventionalShap(structure, numberTable(rows), numberTable(background));
        const expected = rows.map(row =>
          bruteForceShapley(3, coalition => meanHybrid(structure, row, { background, coalition })),
        );
        expectEqualRows(rowsOf(found, ['a', 'b', 'c']), expected);
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order of the background', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(3), randomRows(6), (structure, rows, background) => {
        const one = interventionalShap(structure, numberTable(rows), numberTable(background));
        const other = interventionalShap(structure, numberTable(rows), numberTable(background.toReversed()));
        expectEqualRows(rowsOf(one, features), rowsOf(other, features), 1e-12);
      }),
    );
  });
});

const ways: readonly (readonly [
  string,
  (structure: TreeStructure, rows: Table, background: Table) => ReturnType<typeof interventionalShap>,
])[] = [
  [
    'path-dependent',
    (structure, rows, training) => pathDependentShap(structure, rows, countCovers(structure, training)),
  ],
  ['interventional', interventionalShap],
];

describe.each(ways)('%s attributions', (_, explain) => {
  it('add up to the sum less the base', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(4), randomRows(6), (structure, rows, background) => {
        const table = numberTable(rows);
        const found = explain(structure, table, numberTable(background));
        const totals = rowsOf(found, features).map(row =>
          row.reduce((sum, value) => sum + value, found.base),
        );
        expectEqualRows([totals], [[...sumsOf(structure, table)]]);
      }),
    );
  });

  it('have the mean sum of the background as base', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(6), (structure, background) => {
        const table = numberTable(background);
        const sums = sumsOf(structure, table);
        const mean = sums.reduce((total, value) => total + value, 0) / sums.length;
        const { base } = explain(structure, table, table);
        expect(base).toBeCloseTo(mean, 9);
      }),
    );
  });

  it('are 0 for a column that no tree tests', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(3), randomRows(5), (random, rows, background) => {
        const trees = random.trees.map(tree => ({
          ...tree,
          feature: tree.feature.map(f => (f === 3 ? 0 : f)),
        }));
        const found = explain({ ...random, trees }, numberTable(rows), numberTable(background));
        expect(rowsOf(found, features).every(row => row[3] === 0)).toBe(true);
      }),
    );
  });

  it('are equal for two columns that hold the same and are used the same', () => {
    fc.assert(
      fc.property(randomTrees, randomRows(3), randomRows(5), (random, rows, background) => {
        const swapped = random.trees.map(tree => ({
          ...tree,
          feature: tree.feature.map(f => (f === 0 ? 1 : f === 1 ? 0 : f)),
        }));
        const structure = { ...random, trees: [...random.trees, ...swapped] };
        const alike = (list: typeof rows) =>
          numberTable(list.map(([a = null, , c = null, d = null]) => [a, a, c, d]));
        const found = rowsOf(explain(structure, alike(rows), alike(background)), features);
        expectEqualRows(
          found.map(row => row.slice(0, 1)),
          found.map(row => row.slice(1, 2)),
        );
      }),
    );
  });
});

describe('paths of many columns', () => {
  it('are counted before anything is computed', () => {
    expect(isExplainable(chain(30))).toBe(true);
    expect(isExplainable(chain(31))).toBe(false);
  });

  it('of 30 columns still add up', () => {
    const structure = chain(30);
    const names = structure.features.map(({ column }) => column);
    const table = numberTable([names.map(() => 0), names.map((_, i) => i % 2)], names);
    for (const found of [
      interventionalShap(structure, table, table),
      pathDependentShap(structure, table, countCovers(structure, table)),
    ]) {
      const totals = rowsOf(found, names).map(row => row.reduce((sum, value) => sum + value, found.base));
      expectEqualRows([totals], [[...sumsOf(structure, table)]]);
    }
  });
});

/** One path through as many columns: 1 where all are at most 0.5, else 0. */
function chain(columns: number): TreeStructure {
  const nodes = Array.from({ length: 2 * columns + 1 }, (_, node) => node);
  const isLeaf = (node: number): boolean => node % 2 === 1 || node === 2 * columns;
  return {
    kind: 'trees',
    features: Array.from({ length: columns }, (_, i) => plain(`c${i}`)),
    base: 0,
    link: 'identity',
    trees: [
      {
        feature: Int32Array.from(nodes, node => (isLeaf(node) ? -1 : node / 2)),
        threshold: new Float32Array(nodes.length).fill(0.5),
        mode: nodes.map(() => 'BRANCH_LEQ' as const),
        missingPasses: new Uint8Array(nodes.length),
        passed: Int32Array.from(nodes, node => (isLeaf(node) ? 0 : node + 2)),
        failed: Int32Array.from(nodes, node => (isLeaf(node) ? 0 : node + 1)),
        value: Float64Array.from(nodes, node => (node === 2 * columns ? 1 : 0)),
      },
    ],
  };
}

/** The mean sum when the columns of the coalition come from the row and the others from each background row. */
function meanHybrid(
  structure: TreeStructure,
  row: readonly (number | null)[],
  {
    background,
    coalition,
  }: { readonly background: readonly (readonly (number | null)[])[]; readonly coalition: number },
): number {
  const hybrids = background.map(other =>
    other.map((cell, j) => (coalition & (1 << j) ? (row[j] ?? null) : cell)),
  );
  const sums = sumsOf(structure, numberTable(hybrids));
  return sums.reduce((total, value) => total + value, 0) / sums.length;
}

/** The definition: every coalition of the others, weighed by how many orders have it in front. */
function bruteForceShapley(players: number, value: (coalition: number) => number): readonly number[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const bitsOf = (n: number): number => n.toString(2).replaceAll('0', '').length;
  return Array.from({ length: players }, (_, player) => {
    let total = 0;
    for (let others = 0; others < 2 ** players; others++) {
      if (others & (1 << player)) continue;
      const size = bitsOf(others);
      const weight = (factorial(size) * factorial(players - size - 1)) / factorial(players);
      total += weight * (value(others | (1 << player)) - value(others));
    }
    return total;
  });
}
