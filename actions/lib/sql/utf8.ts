// Finds the first byte that is not UTF-8, which TextDecoder does not tell. Table 3-7 of the Unicode Standard.

export interface Utf8Check {
  /** False at the first byte that cannot be part of well-formed UTF-8. */
  accepts(byte: number): boolean;
  /** True between characters. */
  isComplete(): boolean;
}

/** A check that takes the bytes of one file in order. */
export function createUtf8Check(): Utf8Check {
  let missing = 0;
  let low = 0x80;
  let high = 0xbf;
  const accepts = (byte: number): boolean => {
    if (missing > 0) {
      if (byte < low || byte > high) return false;
      missing--;
      low = 0x80;
      high = 0xbf;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) low = 0xa0;
    else if (byte === 0xed) high = 0x9f;
    else if (byte === 0xf0) low = 0x90;
    else if (byte === 0xf4) high = 0x8f;
    return true;
  };
  return { accepts, isComplete: () => missing === 0 };
}
