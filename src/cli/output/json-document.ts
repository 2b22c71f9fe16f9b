/**
 * The one JSON document of `--json` (spec/worker-and-cli.md 4.2): an envelope, or the shape
 * that the client library's command prints, unchanged. Knows no command.
 */
import type { CommandOutcome } from '../command.js';
import type { ErrorDocument } from '../errors.js';

export interface Envelope {
  readonly status: 'ok' | 'failed' | 'cancelled' | 'partial';
  readonly result: unknown;
  readonly stats: unknown;
  readonly error?: ErrorDocument;
}

/** The text for stdout of a command that ended by itself. */
export function outcomeDocument(outcome: CommandOutcome, forceEnvelope: boolean): string {
  if (outcome.document !== undefined && !forceEnvelope) {
    return serialise(outcome.document, outcome.documentIndent);
  }
  return envelopeDocument({
    status: outcome.error ? 'failed' : 'ok',
    result: outcome.result ?? null,
    stats: outcome.stats ?? null,
    ...(outcome.error ? { error: outcome.error } : {}),
  });
}

export function envelopeDocument(envelope: Envelope): string {
  return serialise(envelope);
}

function serialise(value: unknown, indent?: number): string {
  return `${JSON.stringify(value, plain, indent)}\n`;
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Error ? value.message : value;
}
