// What emulate 0.12.2 is known to get wrong. Each is run all the same and has to fail: a newer emulator that gets one
// right shows up as a failing test, and its line goes. Numbers are those of our notes; `missing` is a route it lacks.
import type { Defect } from '../../lib/forge/contract.ts';

const MERGE = 'its merge takes the tree of the branch and the main of the day it was opened';

export const emulateDefects: readonly Defect[] = [
  {
    test: 'changed files are told with what happened to them, also the old name of a renamed one',
    number: 1,
    why: 'it lists no files',
    shows: 'expected [] to deeply equal',
  },
  {
    test: 'a push moves the head',
    number: 2,
    why: 'the head stays where it was when the pull request was opened',
    shows: 'Object.is equality',
  },
  {
    test: 'a merge is told with main before it',
    number: 3,
    why: MERGE,
    shows: 'is not in the history that is here',
  },
  {
    test: 'a squash is told with main before it',
    number: 3,
    why: MERGE,
    shows: 'is not in the history that is here',
  },
  {
    test: 'a rebase is told with main before it',
    number: 3,
    why: MERGE,
    shows: 'is not in the history that is here',
  },
  {
    test: 'a branch that is not there cannot be opened',
    number: 9,
    why: 'it makes the branch',
    shows: 'instead of rejecting',
  },
  {
    test: 'nobody else has the head of nothing',
    number: 'missing',
    why: 'it does not find pull requests by a commit',
    shows: 'wanting to find the pull requests of',
  },
  {
    test: 'who may write is told, of those who are asked for',
    number: 12,
    why: 'it says push for write, and knows nobody who may only read',
    shows: 'unreadable',
  },
  {
    test: 'authors and co-authors are told by their accounts',
    number: 'missing',
    why: 'it speaks no GraphQL',
    shows: 'unreadable',
  },
  {
    test: 'whoever pushed last is told',
    number: 'missing',
    why: 'it keeps no record of pushes',
    shows: 'expected null to be',
  },
];
