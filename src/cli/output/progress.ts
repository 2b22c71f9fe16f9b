/** Chooses how progress is shown (spec/worker-and-cli.md 4.2, "Streams"). */
import { type LogFormat, messageFormat } from './message-format.js';
import type { ProgressView } from './progress-view.js';
import { SILENT } from './progress-view.js';
import type { TextStream } from './text-stream.js';

export type ProgressMode = 'auto' | 'bar' | 'lines' | 'none';

export interface ProgressWish {
  readonly mode: ProgressMode;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly logFormat: LogFormat;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is shown: bars only on a terminal that can draw them and nobody asked to be left alone. */
export function progressKind(wish: ProgressWish, isTTY: boolean): 'bar' | 'lines' | 'none' {
  if (wish.quiet || wish.mode === 'none') return 'none';
  if (wish.mode === 'lines') return 'lines';
  if (wish.json) return 'none';
  const canDraw = isTTY && wish.logFormat === 'text' && !wish.env['CI'] && wish.env['TERM'] !== 'dumb';
  return canDraw ? 'bar' : 'lines';
}

/** The view on `stderr`; its code is loaded only when something is to be shown. */
export async function createProgress(wish: ProgressWish, stderr: TextStream): Promise<ProgressView> {
  const kind = progressKind(wish, stderr.isTTY);
  if (kind === 'none') return SILENT;
  if (kind === 'bar') {
    const { ProgressBar } = await import('./progress-bar.js');
    return new ProgressBar(stderr.raw);
  }
  const { ProgressLines } = await import('./progress-lines.js');
  return new ProgressLines(
    (text) => stderr.write(messageFormat(wish.logFormat).said(text)),
    () => performance.now(),
  );
}
