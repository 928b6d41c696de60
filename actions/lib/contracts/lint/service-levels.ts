// Service levels that name no column, or use words that nobody acts on.
import { parseDuration } from '#lib/contracts/durations.ts';
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { columnNames } from '#lib/contracts/lint/walk.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { resolveReference } from '#lib/contracts/references.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

/** The properties that the standard recommends, with their short names; read without regard to case. */
const PROPERTIES = [
  ...['availability', 'throughput', 'errorRate', 'generalAvailability', 'endOfSupport', 'endOfLife'],
  ...['retention', 'frequency', 'latency', 'timeToDetect', 'timeToNotify', 'timeToRepair'],
];
const SHORT = ['av', 'th', 'er', 'ga', 'es', 'el', 're', 'fy', 'ly', 'td', 'tn', 'tr'];
const KNOWN = new Set(
  [...PROPERTIES, ...SHORT, 'freshness', 'timeOfAvailability'].map(one => one.toLowerCase()),
);
/** These are measured on a column. */
const ON_COLUMNS = new Set(['latency', 'ly', 'freshness', 'retention', 're', 'frequency', 'fy']);
const DRIVERS = ['regulatory', 'analytics', 'operational'];

/** Each promise by itself. */
export const serviceLevels: LintRule = contract =>
  (contract.slaProperties ?? []).flatMap((promise, index) => {
    const { property, value, unit, element, driver } = promise;
    const isMeasured = ON_COLUMNS.has(property.toLowerCase());
    const findings: Finding[] = [];
    const add = (key: string, found: Omit<Finding, 'path'>): void => {
      findings.push({ ...found, path: ['slaProperties', index, key] });
    };
    if (!KNOWN.has(property.toLowerCase())) {
      const near = nearestWord(property, PROPERTIES);
      const remedy = near ? `Did you mean "${near}"?` : `The standard recommends ${PROPERTIES.join(', ')}.`;
      add('property', {
        rule: 'sla-property',
        message: `nothing checks the service level ${property}`,
        remedy,
      });
    }
    const isTime = unit !== undefined && parseDuration(1, unit) !== undefined;
    if (isMeasured && !parseDuration(value, isTime ? unit : 'd')) {
      const message = `${property} is a length of time`;
      const remedy = 'Write value: 4 and unit: d, for example, or value: PT4H.';
      add('value', { rule: 'sla-value', message, remedy });
    } else if (isMeasured && unit === undefined && !parseDuration(value, undefined)) {
      const message = `${property} names no unit`;
      add('value', { rule: 'sla-unit', message, remedy: 'Add unit: s, min, h, d, w, mo or y.' });
    }
    if (isMeasured && unit !== undefined && !isTime) {
      const message = `the unit ${unit} is no length of time`;
      add('unit', { rule: 'sla-unit', message, remedy: 'Write s, min, h, d, w, mo or y.' });
    }
    if (driver !== undefined && !DRIVERS.includes(driver)) {
      const near = nearestWord(driver, DRIVERS) ?? DRIVERS.join(', ');
      add('driver', {
        rule: 'sla-driver',
        message: `the driver ${driver} is not of the standard`,
        remedy: `It has ${near}.`,
      });
    }
    if (isMeasured && element === undefined && contract.slaDefaultElement === undefined) {
      const message = `${property} names no column to measure it on`;
      add('property', { rule: 'sla-element', message, remedy: 'Add element: table.column.' });
    }
    for (const name of (element ?? '').split(',').map(part => part.trim())) {
      if (element === undefined || isElement(contract, name)) continue;
      const message = `${name === '' ? 'an empty name' : name} is no column of this contract`;
      add('element', {
        rule: 'sla-element',
        message,
        remedy: 'Write table.column; several are separated by commas.',
      });
    }
    return findings;
  });

/** A column, a table, or the column of the only table. */
function isElement(contract: Contract, name: string): boolean {
  const tables = contract.schema ?? [];
  if (tables.length === 0 || tables.some(table => table.name === name)) return true;
  const [only] = tables;
  if (tables.length === 1 && only && columnNames(only).includes(name)) return true;
  return resolveReference(contract, name).kind !== 'nowhere';
}
