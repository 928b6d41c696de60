// The packages with machine code, which no bundle can hold: actions/setup puts them into the runner's tool cache and says
// where; elsewhere they lie beside the code or the work tree. Found when needed, so that what needs none starts at once.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';

/** Environment variable with the folder whose node_modules holds them; set by actions/setup. */
export const NATIVES_VARIABLE = 'MAINLINE_NATIVES';

export type NativePackage = '@duckdb/node-api' | 'onnxruntime-node';

interface LoadOptions {
  /** Folders to look from, in order; each one's node_modules counts, and those above it. */
  readonly from?: readonly string[];
}

/**
 * Loads a package from the first place that has it.
 * @throws ConfigurationError when none has, or when it has no binary for this machine.
 */
export function loadNative<Module>(name: NativePackage, { from = places() }: LoadOptions = {}): Module {
  for (const folder of from) {
    const require = createRequire(join(folder, 'package.json'));
    const path = resolveFrom(require, name);
    if (path === undefined) continue;
    try {
      return require(path) as Module;
    } catch (cause) {
      throw new ConfigurationError(`${name} cannot be loaded here: ${errorMessage(cause)}`, {
        at: { file: path },
        remedy: `Install it for ${process.platform}-${process.arch}: npm ci, or the step actions/setup on a runner.`,
        cause,
      });
    }
  }
  throw new ConfigurationError(`${name} is not installed`, {
    remedy: 'On a runner, add the step "uses: .../actions/setup" before this one; elsewhere run npm ci.',
  });
}

function places(): readonly string[] {
  const set = process.env[NATIVES_VARIABLE];
  return [...(set ? [set] : []), import.meta.dirname, process.cwd()];
}

function resolveFrom(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) return undefined;
    throw error;
  }
}
