// Every kind of chart a figure can hold.
import type { BarsChart } from '#lib/reports/charts/bars.ts';
import type { IntervalsChart } from '#lib/reports/charts/intervals.ts';
import type { LineChart } from '#lib/reports/charts/line.ts';
import type { ScatterBinnedChart } from '#lib/reports/charts/scatter-binned.ts';

/** A chart as data; each renderer decides how to show it. */
export type Chart = BarsChart | IntervalsChart | LineChart | ScatterBinnedChart;
