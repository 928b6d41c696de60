// Shapley values of a sum with one term per number: nothing interacts, so each column moves the answer by how far its
// terms lie from their mean. Exact for any such sum, also with looked-up categories and imputed values.
import { type Attributions, addTo, meanOf, playersOf, startAttributions } from '#lib/explanation/sums.ts';
import { type AdditiveStructure, readDerived } from '#lib/onnx/structure.ts';
import type { Table } from '#lib/tables/table.ts';

/** w_j (x_j - mean of x_j in the background), added up per column (E. Strumbelj and I. Kononenko, 2014, section 3). */
export function linearShap(structure: AdditiveStructure, rows: Table, background: Table): Attributions {
  const { columns, values } = startAttributions(structure, rows.rows);
  const players = playersOf(structure.terms, columns);
  let base = structure.base;
  structure.terms.forEach((term, at) => {
    const usual = meanOf(readDerived(term, background));
    base += usual;
    addTo(
      values[players[at]!]!,
      readDerived(term, rows).map(value => value - usual),
    );
  });
  return { base, columns, values };
}
