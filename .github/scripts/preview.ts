// Writes a sample of every block and chart in all three forms, and the comments of typical pull requests, to look at
// after a change of the renderers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderComment, renderPage } from '#lib/reports/comment/comment.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { renderTerminal } from '#lib/reports/terminal.ts';
import { commentCases } from '../../test/support/comment-cases.ts';
import { comparisonCases } from '../../test/support/comparison-cases.ts';
import { sampleReport } from '../../test/support/sample-report.ts';

const folder = join(import.meta.dirname, '../../.mainline/preview');

const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
const width = process.stdout.columns || 100;

mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'report.html'),
  renderHtml(sampleReport, { title: 'Sample report', language: 'en' }),
);
writeFileSync(join(folder, 'report.md'), renderMarkdown(sampleReport));
writeFileSync(join(folder, 'report.txt'), renderTerminal(sampleReport, { width: 100, color: false }));
const compared = Object.entries(comparisonCases).map(
  ([name, input]) => [`comparison-${name}`, input] as const,
);
const cases = { ...commentCases, ...Object.fromEntries(compared) };
const comments = join(folder, 'comments');
mkdirSync(comments, { recursive: true });
for (const [name, input] of Object.entries(cases)) {
  writeFileSync(join(comments, `${name}.md`), renderComment(input));
  writeFileSync(join(comments, `${name}.html`), renderPage(input));
}
process.stdout.write(renderTerminal(sampleReport, { width, color, details: 'open' }));
process.stdout.write(`\n.mainline/preview/report.html, report.md and report.txt show the same report;
.mainline/preview/comments/ holds the comments of ${Object.keys(cases).length} pull requests, each as .md and .html.\n`);
