// What a column is called in the data, and what may be said of its values.
import type { Column, Item } from '#lib/contracts/odcs-schema.ts';

/** Words in a classification that keep a column's values inside the data. */
const PRIVATE = /(^|[^a-z])(personal|pii|sensitive|confidential|restricted|secret)/i;

/** The column's name in the data. */
export function nameOf({ name, physicalName }: Pick<Column, 'name' | 'physicalName'>): string {
  return physicalName ?? name;
}

/** True where values may not be shown: classified as personal, restricted or the like. */
export function isPrivate({ classification = '' }: Pick<Column, 'classification'>): boolean {
  return PRIVATE.test(classification);
}

/** True where values may not be shown whole: it, or anything within it, is private. */
export function holdsPrivate({ classification = '', items, properties = [], map }: Item): boolean {
  const inner = [items, map?.key, map?.value, ...properties].filter(one => one !== undefined);
  return isPrivate({ classification }) || inner.some(holdsPrivate);
}

/** True where no value may be missing. */
export function isRequired({ required, primaryKey }: Pick<Column, 'required' | 'primaryKey'>): boolean {
  return required === true || primaryKey === true;
}
