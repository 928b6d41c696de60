// Contracts that are broken in one place each, and what three judges say of them: our schema, the official JSON Schema
// and the JSON Schema that editors get from ours. The official one is what "correct" means.
// Ours means to differ where no case here looks: `rule` of version 3.0 without `metric` is read; a contract of version 2,
// a pattern that does not compile and a range whose first number is not the smaller one are refused.
import { odcsSchema } from '#lib/contracts/odcs.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One contract, whole or broken in one place. */
export interface Case {
  readonly name: string;
  readonly document: Json;
}

/** What the two JSON Schemas say of a case: the official one first. */
export interface Verdict {
  readonly valid: readonly [official: boolean, editors: boolean];
  readonly why: string;
}

/** Every way to break one key: left out, misspelt, of another type, null. */
export function* mutate(document: Json, path: readonly (string | number)[] = []): Generator<Case> {
  if (document === null || typeof document !== 'object') return;
  const isList = Array.isArray(document);
  for (const [key, value] of Object.entries(document)) {
    const here = [...path, isList ? Number(key) : key];
    const name = here.join('.');
    const others = Object.entries(document).filter(([other]) => other !== key);
    if (!isList) {
      yield { name: `${name} deleted`, document: Object.fromEntries(others) };
      yield { name: `${name} renamed`, document: { ...Object.fromEntries(others), [`${key}x`]: value } };
    }
    for (const other of otherTypes(value)) {
      const changed = JSON.stringify(other);
      yield { name: `${name} = ${changed}`, document: replace(document, key, other) };
    }
    for (const inner of mutate(value, here))
      yield { name: inner.name, document: replace(document, key, inner.document) };
  }
}

function otherTypes(value: Json): readonly Json[] {
  const kind = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  const samples: Readonly<Record<string, Json>> = {
    string: 'text',
    number: 7,
    boolean: true,
    list: [],
    object: {},
    null: null,
  };
  return Object.entries(samples).flatMap(([other, sample]) => (other === kind ? [] : [sample]));
}

function replace(document: Json, key: string, value: Json): Json {
  if (Array.isArray(document)) return document.map((item: Json, i) => (String(i) === key ? value : item));
  return { ...(document as Readonly<Record<string, Json>>), [key]: value };
}

/** Every n-th case, so that about `count` of them, spread over all, remain. */
export function thin(cases: readonly Case[], count: number): readonly Case[] {
  const step = Math.max(1, cases.length / count);
  return cases.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** Sentences for all differences between the judges; empty when they agree. */
export function disagreements(cases: readonly Case[], verdicts: readonly Verdict[]): readonly string[] {
  return cases.flatMap(({ name, document }, i) => {
    const {
      valid: [official, editors],
      why,
    } = verdicts[i] ?? { valid: [false, false], why: 'not judged' };
    const parsed = odcsSchema.safeParse(document);
    const ours = parsed.success;
    const ourWhy =
      parsed.error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; ') ?? '';
    if (ours === official && ours === editors) return [];
    const said = `ours ${ours}, official ${official}, editors' ${editors}`;
    return [`${name}: ${said} (${[why, ourWhy].filter(Boolean).join(' | ')})`];
  });
}
