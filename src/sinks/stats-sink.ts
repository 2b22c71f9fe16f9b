/** Sink: counts what a transfer did and keeps nothing else. For uploads whose manifest exists already. */
import type { SettledUnit, TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import type { Sink } from '../pipeline/types.js';
import { FileAssembly } from './file-assembly.js';
import { countFile } from './manifest-sink.js';

/**
 * - Result: files and bytes, sent and skipped.
 * - Errors: `CollectedError` when files failed.
 * - Counters: as manifest-sink.
 */
export function statsSink(): Sink<SettledUnit, TransferTally> {
  return (ctx) => {
    const assembly = new FileAssembly();
    return drain(ctx, {
      accept: (unit) => {
        const file = assembly.accept(unit);
        if (file) countFile(ctx, file, unit.outcome);
      },
      finish: () => assembly.transferred,
    });
  };
}
