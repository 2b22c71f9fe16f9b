/** Size text and summaries against the golden data. */
import { expect } from 'vitest';
import { sizeText } from '../../src/model/size-text.js';
import { summaryText } from '../../src/model/summary-text.js';
import { golden } from '../support/golden.js';

golden<{ bytes: number; text: string }>('worker/human-sizes.json', (c) => {
  expect(sizeText(c.bytes)).toBe(c.text);
});

golden<{ bytes: number; text: string }>(
  'submission/summary-text.json',
  (c) => expect(sizeText(c.bytes)).toBe(c.text),
  'sizes',
);

golden<{ statistics: Record<string, number>; text: string }>(
  'submission/summary-text.json',
  (c) => {
    const { statistics } = c;
    const counts = {
      processedFiles: statistics['processed_files'] ?? 0,
      processedBytes: statistics['processed_bytes'] ?? 0,
      skippedFiles: statistics['skipped_files'] ?? 0,
      skippedBytes: statistics['skipped_bytes'] ?? 0,
      totalTime: statistics['total_time'] ?? 0,
      transferRate: statistics['transfer_rate'] ?? 0,
    };
    expect(summaryText(counts)).toBe(c.text);
  },
  'summaries',
);
