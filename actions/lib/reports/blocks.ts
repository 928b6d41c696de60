// A report as plain data: written once, then shown as Markdown, in a terminal or as an HTML page.
// It says what things are, never how they look, so the three cannot drift apart.
import type { Chart } from '#lib/reports/charts/chart.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** A section's title. Level 1 is the report's own title. */
export interface Heading {
  readonly kind: 'heading';
  readonly level: 1 | 2 | 3;
  readonly text: Inline;
}

/** Running text. */
export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: Inline;
}

/** Points of equal rank, or steps in order. */
export interface List {
  readonly kind: 'list';
  readonly items: readonly Inline[];
  /** Numbered from 1 because the order matters. */
  readonly ordered?: boolean | undefined;
  /** The first points are for a person to tick off, each with what it is about; never ordered. */
  readonly tasks?: readonly Task[] | undefined;
}

/** A point that a person ticks off. */
export interface Task {
  /** What the point is about: the same for as long as a tick holds. Letters, digits, `:`, `_` and `-`. */
  readonly key: string;
  readonly isDone: boolean;
}

/** One column of a table. */
export interface Column {
  readonly header: Inline;
  /** `left` when left out; numbers belong on the right. */
  readonly align?: 'left' | 'right' | 'center' | undefined;
}

/** One row; cells the columns do not know are refused, missing ones stay empty. */
export interface Row {
  readonly cells: readonly Inline[];
  /** Stands out, such as the selected algorithm. */
  readonly emphasis?: boolean | undefined;
}

/** Rows and columns of short text. The first cell of a row names the row. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Folded until the reader asks; the summary must make sense alone. */
export interface Details {
  readonly kind: 'details';
  readonly summary: Inline;
  readonly blocks: readonly Block[];
  /** Unfolded at first, because it is what went wrong. */
  readonly open?: boolean | undefined;
}

/** A chart. Its numbers are always reachable as text too. */
export interface Figure {
  readonly kind: 'figure';
  /** What the chart shows, in a sentence for those who cannot see it; also its caption. */
  readonly alt: string;
  readonly chart: Chart;
}

/** How a notice ends: the first thing a reader looks for. */
export type NoticeKind = 'pass' | 'fail' | 'warning' | 'info';

/** A result that must not be overlooked. */
export interface Notice {
  readonly kind: 'notice';
  readonly notice: NoticeKind;
  readonly text: Inline;
}

/** Text kept as it is, such as a diff, a command or a file. */
export interface Code {
  readonly kind: 'code';
  readonly text: string;
  /** For highlighting, such as `yaml`; letters, digits, `+` and `-` only, else ignored. */
  readonly language?: string | undefined;
}

/** One part of a report. */
export type Block = Heading | Paragraph | List | Table | Details | Figure | Notice | Code;
