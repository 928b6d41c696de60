// How many digits of metrics are shown.
import { type Command, InvalidArgumentError } from 'commander';

export const DEFAULT_PRECISION = 5;

/** Adds `--precision`. */
export function addPrecision(command: Command): Command {
  return command.option(
    '--precision <n>',
    `digits after the decimal point; ${DEFAULT_PRECISION} unless given`,
    parsePrecision,
  );
}

function parsePrecision(text: string): number {
  const digits = Number(text);
  if (Number.isInteger(digits) && digits >= 0 && digits <= 30) return digits;
  throw new InvalidArgumentError('Write a whole number from 0 to 30.');
}
