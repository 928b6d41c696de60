// The addresses of the protocol, and ours beside them. What is no address of ours is 404, what is badly written 400.
import { Refusal } from '#lib/serving/refusal.ts';

export type Address =
  | { readonly kind: 'server' | 'live' | 'ready' | 'metrics' }
  | {
      readonly kind: 'model' | 'model-ready' | 'infer';
      readonly model: string;
      readonly version: string | undefined;
    }
  | { readonly kind: 'rollout'; readonly model: string };

const fixed = new Map<string, Address>([
  ['v2', { kind: 'server' }],
  ['v2/health/live', { kind: 'live' }],
  ['v2/health/ready', { kind: 'ready' }],
  ['metrics', { kind: 'metrics' }],
]);

/**
 * What a request's target names; a query is ignored.
 * @throws Refusal 404, or 400 for an address that is not well-formed
 */
export function readAddress(target: string): Address {
  const path = (/^(?:https?:\/\/[^/?#]*)?([^?#]*)/iu.exec(target)?.[1] ?? '').replace(/^\/|\/$/gu, '');
  const found = fixed.get(path) ?? readModelAddress(path.split('/').map(decode));
  if (!found) throw new Refusal(404, 'There is nothing at this address; GET /v2 says what this server is');
  return found;
}

/** The methods an address answers; HEAD goes with GET. */
export function methodsOf({ kind }: Address): readonly string[] {
  return kind === 'infer' ? ['POST'] : ['GET', 'HEAD'];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, 'The address is not well-formed: a % needs two hex digits of UTF-8 after it');
  }
}

function readModelAddress([v2, models, model, ...rest]: readonly string[]): Address | undefined {
  if (v2 !== 'v2' || models !== 'models' || !model) return undefined;
  if (rest.length === 1 && rest[0] === 'rollout') return { kind: 'rollout', model };
  const hasVersion = rest[0] === 'versions' && Boolean(rest[1]);
  const version = hasVersion ? rest[1] : undefined;
  const [verb, ...more] = hasVersion ? rest.slice(2) : rest;
  if (more.length > 0) return undefined;
  if (verb === undefined) return { kind: 'model', model, version };
  if (verb === 'ready') return { kind: 'model-ready', model, version };
  return verb === 'infer' ? { kind: 'infer', model, version } : undefined;
}
