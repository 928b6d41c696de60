// What a check finds is remembered by some; it counts only for the checker that found it.

/** Raised whenever the same contract and the same file may be judged differently than before. */
export const CHECKER = '6';
