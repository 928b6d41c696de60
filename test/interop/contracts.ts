// Our results beside datacontract-cli's, check by check, on contracts whose violations are known: ours must find exactly
// what was planted; where the peer finds something else, a sentence of the standard or a defect of the peer explains it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckResult } from '#lib/contracts/result.ts';
import { validateContracts } from '#lib/flows/contracts/validate.ts';
import type { ContractCase } from './contracts-case.ts';
import { type Difference, differences } from './contracts-differences.ts';

const peerChecks = z.array(
  z.object({
    key: z.string().nullable(),
    type: z.string(),
    table: z.string().nullable(),
    column: z.string().nullable(),
    /** None where an earlier check has the same key. */
    result: z.string().nullable(),
    reason: z.string().nullable(),
    rule: z.string().nullable(),
    found: z.record(z.string(), z.unknown()),
  }),
);
export type PeerCheck = z.output<typeof peerChecks>[number];

/** One check of both sides; what one side lacks is undefined. */
export interface Pair {
  readonly case: ContractCase;
  readonly isBroken: boolean;
  /** `table/check`. */
  readonly id: string;
  readonly own: CheckResult | undefined;
  readonly peer: PeerResult | undefined;
}

export interface PeerResult {
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly isWarning: boolean;
  /** Where it tells one. */
  readonly value: number | undefined;
  readonly checks: readonly PeerCheck[];
}

export interface Compared {
  readonly problems: readonly string[];
  readonly same: number;
  /** How often each difference was met. */
  readonly met: ReadonlyMap<Difference, number>;
}

/** Compares one variant. @param folder where the contract, the data and the peer's answer are */
export async function compareCase(one: ContractCase, isBroken: boolean, folder: string): Promise<Compared> {
  const own = await checkOurs(folder);
  const problems = own.problems.concat(
    explainPlanted(isBroken ? one.planted : {}, one.refused ?? [], own.checks),
  );
  const peer = readPeer(JSON.parse(readFileSync(join(folder, 'peer.json'), 'utf8')), one);
  const met = new Map<Difference, number>();
  let same = 0;
  for (const id of new Set([...own.checks.keys(), ...peer.keys()])) {
    const pair: Pair = { case: one, isBroken, id, own: own.checks.get(id), peer: peer.get(id) };
    if (agree(pair)) {
      same++;
      continue;
    }
    const difference = differences.find(({ explains }) => explains(pair));
    if (difference) met.set(difference, (met.get(difference) ?? 0) + 1);
    else problems.push(`${id}: ${tell(pair)}`);
  }
  return { problems, same, met };
}

interface Ours {
  readonly checks: ReadonlyMap<string, CheckResult>;
  readonly problems: string[];
}

async function checkOurs(directory: string): Promise<Ours> {
  const { validation } = await validateContracts({
    ...{ directory, contracts: [], env: {}, now: Date.now, useCache: false },
    signal: new AbortController().signal,
  });
  const checks = validation.tables.flatMap(({ table, checks }) =>
    checks.map(check => [`${table}/${check.id}`, check] as const),
  );
  return { checks: new Map(checks), problems: validation.problems.map(({ message }) => message) };
}

/** Known by construction: what was planted is found, and nothing else. */
function explainPlanted(
  planted: ContractCase['planted'],
  refused: readonly string[],
  checks: Ours['checks'],
): readonly string[] {
  const missed = Object.entries(planted)
    .filter(
      ([id, value]) =>
        !near(checks.get(id)?.value ?? undefined, value) || checks.get(id)?.outcome !== 'failed',
    )
    .map(
      ([id, value]) => `${id}: planted ${value}, we say ${checks.get(id)?.outcome} ${checks.get(id)?.value}`,
    );
  const others = [...checks]
    .filter(([id, { outcome, value }]) => {
      return refused.includes(id)
        ? outcome !== 'failed' || value !== null
        : outcome === 'failed' && !(id in planted);
    })
    .map(([id, { value, reason }]) => `${id}: nothing was planted, we say ${value ?? reason}`);
  return [...missed, ...others];
}

function agree({ own, peer }: Pair): boolean {
  if (!own || !peer || own.outcome !== peer.outcome) return false;
  if (own.outcome === 'failed' && (own.severity === 'warning') !== peer.isWarning) return false;
  return peer.value === undefined || near(own.value ?? undefined, peer.value);
}

/** The age of data goes on while it is looked at. */
function near(a: number | undefined, b: number): boolean {
  return a !== undefined && Math.abs(a - b) <= 1e-3 * Math.max(1, Math.abs(b));
}

function tell({ own, peer }: Pair): string {
  const ours = own ? `${own.outcome} ${own.value ?? ''} ${own.reason ?? ''}` : 'nothing';
  const theirs = peer
    ? `${peer.outcome}${peer.isWarning ? ' (warning)' : ''} ${peer.value ?? ''} ${peer.checks.map(({ reason }) => reason).join('; ')}`
    : 'nothing';
  return `we say ${ours.trim()}; datacontract-cli says ${theirs.trim()}`;
}

/** Our name of each of its types of checks; the rest is named by the rule's id. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ field_is_present: 'present', field_type: 'type', field_required: 'required' },
  ...{ field_primary_key_required: 'required', field_unique: 'unique', field_min_length: 'minLength' },
  ...{
    field_max_length: 'maxLength',
    field_minimum: 'minimum',
    field_maximum: 'maximum',
    field_regex: 'pattern',
  },
  ...{ field_min_items: 'minItems', field_max_items: 'maxItems', field_unique_items: 'uniqueItems' },
  field_relationships: 'relationship',
};

function readPeer(json: unknown, one: ContractCase): ReadonlyMap<string, PeerResult> {
  const byId = Map.groupBy(peerChecks.parse(json), check => idOf(check, one));
  return new Map([...byId].map(([id, checks]) => [id, resultOf(checks)]));
}

function idOf(check: PeerCheck, one: ContractCase): string {
  const { type, table, rule } = check;
  const column = check.column === null ? '' : `${nameOf(check.column, one)}.`;
  const at = (name: string) => `${table}/${column}${name}`;
  if (type.startsWith('servicelevel_')) return `${table}/sla.${type.slice('servicelevel_'.length)}`;
  if (type === 'primary_key_unique' || type === 'field_primary_key_unique') return `${table}/primaryKey`;
  // Of two rules of one metric, the key leads to the first one only.
  if (rule !== null) return at(rule === 'rows' ? 'rows-2' : rule);
  const name = NAMES[type];
  const exclusive = exclusiveOf(check, one);
  return name === undefined && exclusive === undefined
    ? `${table ?? ''}/(${type})`
    : at(exclusive ?? name ?? '');
}

/** It checks an exclusive bound in two halves. */
function exclusiveOf({ type, column, key }: PeerCheck, { tables }: ContractCase): string | undefined {
  if (!['field_minimum', 'field_maximum', 'field_not_equal'].includes(type) || key === null) return undefined;
  const options = columnsOf(tables).find(({ name }) => name === column)?.logicalTypeOptions ?? {};
  return ['exclusiveMinimum', 'exclusiveMaximum'].find(name => name in options);
}

interface PlainColumn {
  readonly name: string;
  readonly physicalName?: string;
  readonly logicalTypeOptions?: object;
}

function columnsOf(tables: ContractCase['tables']): readonly PlainColumn[] {
  return tables.flatMap(({ properties }) => (Array.isArray(properties) ? properties : []));
}

/** It names columns as the data does. */
function nameOf(column: string, { tables }: ContractCase): string {
  const named = columnsOf(tables).find(({ physicalName }) => physicalName === column)?.name ?? column;
  return named.replaceAll('[]', '.items');
}

function resultOf(checks: readonly PeerCheck[]): PeerResult {
  const isRun = ({ result, reason, found }: PeerCheck) =>
    result === 'passed' ||
    (result === 'failed' && !/^Error evaluating|^Refused/u.test(reason ?? '')) ||
    (result === 'warning' && 'value' in found);
  const values = checks.flatMap(({ found }) => {
    const value = found['percent'] ?? found['value'];
    return typeof value === 'number' ? [value] : [];
  });
  const outcome = !checks.every(isRun)
    ? 'not run'
    : checks.every(({ result }) => result === 'passed')
      ? 'passed'
      : 'failed';
  return {
    ...{ outcome, checks },
    isWarning: outcome === 'failed' && checks.every(({ result }) => result !== 'failed'),
    value: values.length === checks.length ? values.reduce((sum, value) => sum + value, 0) : undefined,
  };
}
