// The minor versions of the standard differ in their keys, so every part of the schema is made for one of them. What a
// later version brought is an error that says so, and what an earlier one left open stays open.
import { z } from 'zod';

/** The minor version of ODCS 3 that a form of the schema is for. */
export type Edition = 0 | 1 | 2;

/** The `apiVersion` of each edition, the newest first. */
export const API_VERSIONS: ReadonlyMap<string, Edition> = new Map([
  ['v3.2.0', 2],
  ['v3.1.0', 1],
  ['v3.0.2', 0],
  ['v3.0.1', 0],
  ['v3.0.0', 0],
]);

/** The last version of an edition, as a contract writes it. */
export function versionOf(edition: Edition): string {
  return `v3.${edition}.${edition === 0 ? 2 : 0}`;
}

/** An optional key; where the edition is older than the first one that has it, an error that names both. */
export function since<Schema extends z.ZodType>(
  first: Edition,
  edition: Edition,
  schema: Schema,
): z.ZodOptional<Schema> {
  if (edition >= first) return schema.optional();
  const late = z
    .unknown()
    .refine(() => false, cameLater(first, edition))
    .meta({ not: {} })
    .optional();
  return late as unknown as z.ZodOptional<Schema>;
}

/** The words for a key or value of a later edition, as zod's refinements take them. */
export function cameLater(
  first: Edition,
  edition: Edition,
): { readonly error: string; readonly params: { readonly remedy: string } } {
  const version = versionOf(first);
  return {
    error: `it came with ${version} of the standard, this contract is ${versionOf(edition)}`,
    params: { remedy: `Write apiVersion: ${version}, or remove it.` },
  };
}

/**
 * A map that has these keys only. The JSON Schema of 3.0 leaves most maps open: there unknown keys are passed over, and
 * `contract lint` tells of them.
 */
export function closedSince31<Shape extends z.core.$ZodLooseShape>(edition: Edition, shape: Shape) {
  const closed = z.strictObject(shape);
  return edition > 0 ? closed : (z.object(shape) as unknown as typeof closed);
}

/** The keys where the edition has them, else none; the type is that of the edition that has them. */
export function keysIf<Shape extends object>(isThere: boolean, shape: Shape): Shape {
  return isThere ? shape : ({} as Shape);
}

/** A key that some editions need and others may lack; the type is that of those that need it. */
export function neededIf<Schema extends z.ZodType>(isNeeded: boolean, schema: Schema): Schema {
  return isNeeded ? schema : (schema.optional() as unknown as Schema);
}

/** A key that an edition leaves open: it is kept where it fits what later editions make of it, else passed over. */
export function kept<Schema extends z.ZodType>(schema: Schema): z.ZodOptional<Schema> {
  const open = z
    .unknown()
    .transform(value => schema.safeParse(value).data)
    .optional();
  return open as unknown as z.ZodOptional<Schema>;
}

/** As since, in a map that 3.0 leaves open. */
export function openSince<Schema extends z.ZodType>(
  first: Edition,
  edition: Edition,
  schema: Schema,
): z.ZodOptional<Schema> {
  return edition === 0 ? kept(schema) : since(first, edition, schema);
}

/** Makes each edition's form once, when it is first asked for. */
export function perEdition<Form>(make: (edition: Edition) => Form): (edition: Edition) => Form {
  const made = new Map<Edition, Form>();
  return edition => {
    const known = made.get(edition);
    if (known !== undefined) return known;
    const form = make(edition);
    made.set(edition, form);
    return form;
  };
}
