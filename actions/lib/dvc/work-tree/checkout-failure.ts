// Why a checkout stopped before it touched anything: what is in the way, or what is not there to be put.
import { ConfigurationError } from '#lib/errors.ts';

const SHOWN = 5;

/** Files whose bytes are nowhere but in the work tree would be lost. */
export class CheckoutConflict extends ConfigurationError {
  /** Absolute. */
  readonly paths: readonly string[];

  constructor(paths: readonly string[]) {
    super(`${summarize(paths)} would be lost: the cache does not hold what the work tree has`, {
      at: { file: paths[0] ?? '' },
      remedy: 'Track the changes (add or commit) or move them away; --force throws them away.',
    });
    this.name = 'CheckoutConflict';
    this.paths = paths;
  }
}

/** A link to a folder stands where an output is to be. What lies behind it is somebody else's. */
export class LinkedFolder extends ConfigurationError {
  constructor(path: string) {
    super(`${path} is a link to a folder, and what lies there is not what is recorded`, {
      at: { file: path },
      remedy: 'Remove the link; --force does so too, and leaves alone what it leads to.',
    });
    this.name = 'LinkedFolder';
  }
}

/** The cache lacks objects. */
export class MissingObjects extends ConfigurationError {
  /** Absolute: what could not be put there. */
  readonly paths: readonly string[];
  /** Names of the objects. */
  readonly objects: readonly string[];

  constructor(paths: readonly string[], objects: readonly string[]) {
    super(`The cache does not hold ${summarize(paths)}`, {
      remedy: 'Fetch it from a remote (pull), or make it again.',
    });
    this.name = 'MissingObjects';
    this.paths = paths;
    this.objects = objects;
  }
}

function summarize(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).join(', ');
  return paths.length > SHOWN ? `${shown} and ${paths.length - SHOWN} more` : shown;
}
