// Committed numbers are rounded, so that the last bits, which differ between processors, never reach a file.

/** 6 significant digits unless asked otherwise: far inside the noise of any metric. */
export function roundSignificant(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}
