// What the runner hands an action as INPUT_*: text, all of it. A schema per action makes values of it and has the defaults;
// the runner neither enforces `required` nor refuses a name it does not know.
import { z } from 'zod';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

/** The inputs of an action by name. A field that may be left out has a default or is optional. */
export type InputsSchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** `true` or `false`, as YAML 1.2 writes them. */
export const flagSchema = z.enum(['true', 'false']).transform(text => text === 'true');

/** A whole number from 1. */
export const countSchema = z
  .string()
  .regex(/^[1-9]\d{0,5}$/u, 'write a whole number from 1')
  .transform(Number);

/** Words parted by commas, spaces or lines. */
export const listSchema = z.string().transform(text => text.split(/[\s,]+/u).filter(word => word !== ''));

/** The environment variable of an input: upper case, blanks become underscores, hyphens stay. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/**
 * Reads all inputs; an empty one counts as left out.
 * @throws ConfigurationErrors, one for each input that does not fit.
 */
export function readInputs<Schema extends InputsSchema>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.keys(schema.shape).flatMap(name => {
    const value = env[inputVariable(name)]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const values: Readonly<Record<string, string>> = Object.fromEntries(given);
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new ConfigurationErrors(parsed.error.issues.map(issue => toProblem(issue, values)));
}

function toProblem(issue: z.core.$ZodIssue, given: Readonly<Record<string, string>>): ConfigurationError {
  const name = String(issue.path[0] ?? '');
  const value = given[name];
  if (value === undefined) {
    return new ConfigurationError(`The input ${name} is missing`, {
      remedy: `Give it under "with:" of this step.`,
    });
  }
  const valid = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const near = nearestWord(value, valid);
  const remedy = near ? `Did you mean "${near}"?` : `Write one of: ${valid.join(', ')}.`;
  return new ConfigurationError(`The input ${name}: ${issue.message}`, valid.length > 0 ? { remedy } : {});
}
