// The step that splits a dataset into training and test rows; a row stays on its side for ever.
import { readDocument } from '#lib/documents/read.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { runStep } from '#lib/flows/steps/step.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { formatCsv } from '#lib/tables/csv.ts';
import { findColumn, selectRows, type Table } from '#lib/tables/table.ts';
import { pipelineSettingsSchema } from '#lib/training/settings.ts';
import { keyRows, ROW_ID, splitByPosition } from '#lib/training/split.ts';

export interface SplitRowsOptions {
  /** The dataset, a CSV file. */
  readonly from: string;
  readonly training?: string;
  readonly test?: string;
  readonly params?: string;
}

/** Writes both sides with all columns as they are, led by row_id. Settings: `split` in params.yaml. */
export function splitRows({
  from,
  training = 'train.csv',
  test = 'test.csv',
  params = 'params.yaml',
}: SplitRowsOptions): Promise<void> {
  return runStep(async () => {
    const { split } = (await readDocument(params, pipelineSettingsSchema)).value;
    const table = await readText(from);
    if (findColumn(table, ROW_ID)) {
      throw new ConfigurationError(
        `The data has a column "${ROW_ID}", which the split files need for their own`,
        {
          at: { file: from, line: 1 },
          remedy: 'Give the column another name.',
        },
      );
    }
    const { ids, positions } = keyRows(table, split.key);
    const keyed: Table = {
      rows: table.rows,
      columns: [{ name: ROW_ID, kind: 'string', values: ids }, ...table.columns],
    };
    const sides = splitByPosition(positions, split.testShare);
    if (sides.training.length === 0 || sides.test.length === 0) {
      throw new ConfigurationError(`${table.rows} rows are too few to split`, {
        at: { file: from },
        remedy: 'Add data, or change split.testShare in params.yaml.',
      });
    }
    await writeWhole(training, formatCsv(selectRows(keyed, sides.training)));
    await writeWhole(test, formatCsv(selectRows(keyed, sides.test)));
    process.stdout.write(`${sides.training.length} training rows, ${sides.test.length} test rows\n`);
  });
}

/** Every column as text, so that numbers are written back as they were. */
async function readText(path: string): Promise<Table> {
  const engine = await openDuckDb();
  try {
    const header = await engine.readHeader(path);
    return await engine.readTable(
      path,
      header.map(name => ({ name, kind: 'string' as const })),
    );
  } finally {
    engine.close();
  }
}
