/** The summary of spec/files-and-submission.md 7.7 as lines for people. */
import { type SummaryStatistics, summaryText } from '../../index.js';

/** The title, then the three lines of the summary, indented by four spaces. */
export function summaryLines(title: string, stats: SummaryStatistics): string[] {
  const lines = summaryText(stats).trimEnd().split('\n');
  return [title, ...lines.map((line) => `    ${line}`)];
}
