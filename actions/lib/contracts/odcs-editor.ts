// The JSON Schema of contracts for editors: the forms of all editions in one file, chosen by apiVersion.
import { z } from 'zod';
import { contractForm } from '#lib/contracts/odcs.ts';
import { implies } from '#lib/contracts/odcs-definitions.ts';
import { API_VERSIONS, type Edition } from '#lib/contracts/odcs-edition.ts';

const EDITIONS: readonly Edition[] = [2, 1, 0];

/** A JSON Schema of draft 7 that accepts what readContract accepts. */
export function contractJsonSchema(): Readonly<Record<string, unknown>> {
  const every = z.union(EDITIONS.map(contractForm));
  const {
    $schema: _,
    anyOf = [],
    ...rest
  } = z.toJSONSchema(every, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'ref',
  });
  const [v32 = {}, v31 = {}, v30 = {}] = anyOf;
  return {
    ...rest,
    type: 'object',
    properties: { apiVersion: { enum: [...API_VERSIONS.keys()] } },
    required: ['apiVersion'],
    allOf: [
      implies(isOf(2), v32 as object),
      implies(isOf(1), v31 as object),
      implies(isOf(0), { anyOf: [v31, v30] }),
    ],
  };
}

function isOf(edition: Edition): object {
  const versions = [...API_VERSIONS].filter(([, one]) => one === edition).map(([version]) => version);
  return { properties: { apiVersion: { enum: versions } }, required: ['apiVersion'] };
}
