// Ways in which values are written that say what they are. The patterns are in ECMA-262 and in RE2 alike.

/** How text can be written, and the ECMA-262 pattern of each. */
export const FORMS = {
  uuid: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  email: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
  iban: '^[A-Z]{2}[0-9]{2} ?[A-Z0-9]{4} ?[A-Z0-9 ]{7,30}$',
  ip: '^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}$',
  code: '^[A-Za-z0-9_-]+$',
  /** A number to a machine, a name to people: 007. */
  padded: '^0[0-9]',
  fraction: '[.eE]',
} as const;
export type Form = keyof typeof FORMS;
