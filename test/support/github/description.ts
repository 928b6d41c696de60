// GitHub's own description of its API and events (test/fixtures/github/openapi.json) as a judge: of every request that
// is sent to a stand-in, of every answer that one gives, and of every event that is made up.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

interface Description {
  readonly operations: readonly Operation[];
  readonly events: Readonly<Record<string, Json>>;
}

const file = join(import.meta.dirname, '../../fixtures/github/openapi.json');
const document: Description = JSON.parse(readFileSync(file, 'utf8'));
// Query parameters arrive as text.
const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
const coercing = new Ajv({ strict: false, coerceTypes: true });
for (const one of [ajv, coercing]) {
  addFormats.default(one);
  // GitHub's own: `owner/name`.
  one.addFormat('repo.nwo', /^[\w.-]+\/[\w.-]+$/u);
  one.addSchema(document, 'github');
}
const compiled = new Map<string, ValidateFunction>();

function judge(pointer: string, value: unknown, judges = ajv): readonly string[] {
  const key = `${judges === ajv} ${pointer}`;
  const validate = compiled.get(key) ?? judges.compile({ $ref: `github#${pointer}` });
  compiled.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, 5).map(error => `${error.instancePath} ${error.message}`);
}

/** One request as it was sent. */
export interface Sent {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/\{[^}]+\}/gu, '\u0000').replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  return new RegExp(`^${pattern.replaceAll('\u0000', '[^/]+')}$`, 'u').test(path);
}

/** An Enterprise Server has everything below a prefix. */
function find({ method, path: asked }: Pick<Sent, 'method' | 'path'>): number {
  const path = asked.replace(/^\/api\/v3\//u, '/');
  return document.operations.findIndex(one => one.method === method.toLowerCase() && matches(one.path, path));
}

/** What is wrong with a request; nothing for a right one. GraphQL has no such description. */
export function judgeRequest(sent: Sent): readonly string[] {
  if (sent.path === '/graphql' || sent.path === '/api/graphql') return [];
  const index = find(sent);
  const operation = document.operations[index];
  const what = `${sent.method} ${sent.path}`;
  if (!operation) return [`${what} is no operation of GitHub that we know`];
  const queries = operation.parameters
    .map((parameter, i) => ({ ...parameter, i }))
    .filter(parameter => parameter.in === 'query');
  const unknown = Object.keys(sent.query).filter(name => !queries.some(one => one.name === name));
  const wrong = queries.flatMap(({ name, required, i }) => {
    const value = sent.query[name];
    if (value === undefined) return required ? [`${what} lacks ${name}`] : [];
    return judge(`/operations/${index}/parameters/${i}/schema`, value, coercing).map(
      one => `${what} ${name}: ${one}`,
    );
  });
  const isBodyWanted = operation.body !== null;
  const body = isBodyWanted && sent.body !== undefined ? judge(`/operations/${index}/body`, sent.body) : [];
  return [
    ...unknown.map(name => `${what} knows no ${name}`),
    ...wrong,
    ...(!isBodyWanted && sent.body !== undefined ? [`${what} takes no body`] : []),
    ...body.map(one => `${what} body${one}`),
  ];
}

/** What is wrong with an answer; nothing for a right one. */
export function judgeAnswer(
  sent: Pick<Sent, 'method' | 'path'>,
  answer: { readonly status: number; readonly body: unknown },
): readonly string[] {
  if (sent.path === '/graphql' || sent.path === '/api/graphql') return [];
  const index = find(sent);
  const responses = document.operations[index]?.responses;
  const what = `${sent.method} ${sent.path} ${answer.status}`;
  if (!responses) return [`${what} is no operation of GitHub that we know`];
  const schema = responses[String(answer.status)];
  if (schema === undefined) return [`${what} is no answer that is described`];
  if (schema === null) return answer.body === undefined ? [] : [`${what} has no body`];
  return judge(`/operations/${index}/responses/${answer.status}`, answer.body).map(one => `${what}${one}`);
}

/** What is wrong with an event, by its name in the description, such as `pull-request-opened`. */
export function judgeEvent(name: string, payload: unknown): readonly string[] {
  if (!(name in document.events)) return [`${name} is no event that we know`];
  return judge(`/events/${name}`, payload);
}

/** A schema of the description by its pointer, for samples. */
export function schemaAt(pointer: string): Json {
  const found = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (here, part) => (here as Readonly<Record<string, unknown>> | undefined)?.[part],
      document,
    );
  if (found === undefined) throw new Error(`${pointer} is not in the description`);
  return found as Json;
}

/** Where the answer of an operation is described. */
export function answerPointer(method: string, path: string, status: number): string {
  return `/operations/${document.operations.findIndex(one => one.method === method && one.path === path)}/responses/${status}`;
}
