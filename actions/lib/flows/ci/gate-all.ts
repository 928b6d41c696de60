// The gate for whatever an event is about. Also where the repository cannot be opened the check becomes red: somebody may
// have taken an approval back, and the green one from before would stay.
import { type ForgeAccess, openChecks } from '#lib/flows/access.ts';
import { type Host, openHost } from '#lib/flows/host.ts';
import { failGate, type Gated, type GateOptions, promoteGate } from '#lib/flows/promote-gate.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';

export interface GateAllOptions extends GateOptions {
  readonly directory: string;
  readonly access?: ForgeAccess | undefined;
}

/** Decides and sets the check of one commit. */
export async function gateAll(options: GateAllOptions): Promise<Gated> {
  return promoteGate(await open(options), options);
}

async function open({ directory, access, ...gate }: GateAllOptions): Promise<Host> {
  try {
    return await openHost(await openWorkspace(directory), access);
  } catch (error) {
    if (access) await failGate(openChecks(access), gate, error);
    throw error;
  }
}
