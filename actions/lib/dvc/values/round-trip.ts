// YAML that people own and DVC edits: a tree that keeps comments, blank lines and the notation of numbers, so that a file
// changed by us is the same bytes as one changed by DVC (ruamel.yaml's round trip): indentation and quotes become
// ruamel's, comments stay where they stand.
import type { Scalar } from '#lib/dvc/values/value.ts';

export type RoundNode = RoundScalar | RoundMap | RoundList;

/** What stands between one value and the next key: a comment on its line, and whole lines of comments or nothing. */
export interface Trivia {
  /** The comment on the same line and the column it starts at. */
  readonly comment?: { readonly text: string; readonly column: number } | undefined;
  /** Whole lines that end in a newline; the last line of a file may lack it. */
  readonly lines: string;
}

export interface RoundScalar {
  readonly kind: 'scalar';
  readonly value: Scalar;
  /** As written, for what is no plain or quoted text: numbers, dates, aliases, with anchors and tags. */
  readonly source?: string | undefined;
  /** A text in `|` or `>` form: its first line and its lines without their indentation. */
  readonly block?: { readonly head: string; readonly lines: readonly string[] } | undefined;
  readonly after: Trivia;
}

export interface RoundMap {
  readonly kind: 'map';
  readonly members: readonly RoundMember[];
  /** Written in braces on one line, or empty. */
  readonly flow: boolean;
  /** Only after braces; otherwise the last member has it. (ruamel gives whole lines to the key that follows braces.) */
  readonly after: Trivia;
}

export interface RoundMember {
  readonly key: Scalar;
  readonly value: RoundNode;
  /** Between the colon and a list or map below it. */
  readonly below: Trivia;
}

export interface RoundList {
  readonly kind: 'list';
  readonly items: readonly RoundItem[];
  readonly flow: boolean;
  readonly after: Trivia;
}

export interface RoundItem {
  /** Comments between the dash and a map below it, which are written before the dash. */
  readonly before: string;
  readonly node: RoundNode;
}

export interface RoundDocument {
  /** Comments and blank lines before the first key. */
  readonly head: string;
  readonly root: RoundMap;
}

export const NO_TRIVIA: Trivia = { lines: '' };
