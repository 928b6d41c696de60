// What the terminal can do, decided once: colours respect NO_COLOR and FORCE_COLOR, progress only where somebody looks.

export interface Terminal {
  readonly color: boolean;
  readonly isInteractive: boolean;
  readonly width: number;
  readonly unicode: boolean;
}

/** Tables need some room; longer lines than the widest tire the eye. A pseudo-terminal may say 0: then 100. */
const NARROWEST = 60;
const WIDEST = 120;

/** Reads the environment as the user set it up (https://no-color.org). */
export function detectTerminal(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const isTty = stream.isTTY === true;
  const forced = env.FORCE_COLOR;
  const color = env.NO_COLOR ? false : forced !== undefined ? forced !== '0' : isTty && env.TERM !== 'dumb';
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    color,
    isInteractive: isTty && env.TERM !== 'dumb' && !env.CI,
    width: Math.max(NARROWEST, Math.min(stream.columns || 100, WIDEST)),
    unicode: /utf-?8/i.test(locale) || process.platform !== 'linux' || !isTty,
  };
}
