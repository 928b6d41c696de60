// Where our results mean to differ from datacontract-cli 1.2.8, each with the sentence of the standard, or the limit of the
// peer, that explains it. Whatever none of them explains is a defect of one side.
import type { Pair } from './contracts.ts';

export interface Difference {
  readonly name: string;
  readonly reason: string;
  readonly explains: (pair: Pair) => boolean;
}

const ruleOf = ({ id }: Pair) => id.slice(id.lastIndexOf('.') + 1).replace(/^.*\//u, '');
const isOneOf = (pair: Pair, rules: readonly string[]) => rules.includes(ruleOf(pair));
const saidByPeer = ({ peer }: Pair) => (peer?.checks ?? []).map(({ reason }) => reason ?? '').join('\n');
const peerHas = ({ peer }: Pair, type: string) => (peer?.checks ?? []).some(check => check.type === type);

export const differences: readonly Difference[] = [
  {
    name: 'an empty table, and columns that the contract does not have',
    reason:
      'the standard is silent; a pull request that empties a table, or adds a column unseen, must not pass in silence',
    explains: pair => !pair.peer && isOneOf(pair, ['rows', 'columns']),
  },
  {
    name: 'types in CSV files',
    reason:
      'logicalType: "The logical field datatype"; the peer has no such check for text, as it casts the file before it looks',
    explains: pair => !pair.peer && isOneOf(pair, ['type']) && pair.case.server.format !== 'parquet',
  },
  {
    name: 'types in Parquet files',
    reason: 'logicalType: "The logical field datatype"; the peer says that it cannot check them yet',
    explains: pair => saidByPeer(pair).startsWith('Checking types in parquet files is not supported'),
  },
  {
    name: 'one value that cannot be cast ends the whole run of the peer',
    reason: 'it inserts the file into a table of the types; we count the rows with such values',
    explains: ({ case: { name }, isBroken, peer }) =>
      name === 'values of their types' &&
      isBroken &&
      (!peer || peer.outcome === 'not run' || isGeneral(peer)),
  },
  {
    name: 'a range without its bounds',
    reason:
      '"mustBeBetween is the equivalent to mustBeGreaterThan and mustBeLessThan"; the peer counts the bounds in',
    explains: ({ own, peer }) =>
      /^(not )?between/u.test(own?.threshold ?? '') && own?.value === peer?.value && isOnBound(own),
  },
  {
    name: 'duplicates are counted in rows',
    reason:
      'unit: rows is the default, and percent is of rows, which needs them as well; the peer counts the values that stand twice',
    explains: ({ own, peer }) =>
      own?.failingRows !== null &&
      (peer?.checks ?? []).some(({ found }) => {
        return (
          found['metric'] === 'duplicate_count' &&
          Number(found['failed_rows']) - Number(found['value']) === own?.failingRows
        );
      }),
  },
  {
    name: 'duplicates in percent',
    reason:
      'duplicateValues: "mustBeLessThan: 1, unit: percent" is an example of the standard; the peer does not run it',
    explains: pair => saidByPeer(pair).startsWith("'unit:percent' has to be combined with"),
  },
  {
    name: 'two rules of one metric on a column',
    reason: 'a column may have any number of rules; the peer gives both the same key and runs neither',
    explains: pair =>
      pair.peer?.outcome === 'not run' && pair.case.name === 'two rules of one metric on a column',
  },
  {
    name: 'multiples and formats',
    reason: 'multipleOf and format stand in the table of logicalTypeOptions; the peer does not look at them',
    explains: pair => !pair.peer && isOneOf(pair, ['multipleOf', 'format']),
  },
  {
    name: 'one verdict on each JSON record beside the checks',
    reason:
      'the peer turns the contract into a JSON Schema too; what that finds, our checks of the columns find',
    explains: pair => !pair.own && peerHas(pair, 'schema') && pair.case.server.format === 'json',
  },
  {
    name: 'columns that rows of JSON may leave out',
    reason:
      'the peer asks for a column of JSON only where it is required; we tell of any that no row has, as it may be misspelt',
    explains: pair => !pair.peer && isOneOf(pair, ['present']) && pair.case.server.format === 'json',
  },
];

function isGeneral({ checks }: NonNullable<Pair['peer']>): boolean {
  return checks.every(({ type }) => type === 'general');
}

function isOnBound(own: Pair['own']): boolean {
  const [from, to] = (own?.threshold ?? '').match(/[\d.]+/gu) ?? [];
  return own?.value === Number(from) || own?.value === Number(to);
}
