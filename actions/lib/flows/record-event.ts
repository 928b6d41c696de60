// The next record of a model's audit chain, for whoever writes the state.
import { type AuditEntry, chainRecord, readAuditRecord } from '#lib/audit/record.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import type { State } from '#lib/flows/state.ts';

/** The file that this event adds to the state. */
export async function recordEvent(
  state: State,
  entry: AuditEntry,
): Promise<{ readonly path: string; readonly text: string }> {
  return chainRecord(await lastRecord(state, entry.model), entry);
}

/** True when the newest record says the very same, whenever that was: saying it again would only make noise. */
export async function isRecorded(state: State, entry: AuditEntry): Promise<boolean> {
  const last = await lastRecord(state, entry.model);
  if (!last) return false;
  const { event, environment, version, commit, details } = readAuditRecord(last.text, last.path);
  const told = { event, environment, version, commit, details };
  const asked = {
    event: entry.event,
    environment: entry.environment,
    version: entry.version,
    commit: entry.commit,
    details: entry.details,
  };
  return digestValue(told) === digestValue(asked);
}

async function lastRecord(
  state: State,
  model: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const path = state.list(`audit/${model}/`).at(-1);
  const text = path === undefined ? undefined : await state.read(path);
  return path === undefined || text === undefined ? undefined : { path, text };
}
