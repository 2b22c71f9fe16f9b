/**
 * Parameters on a command line (spec/files-and-submission.md 7.4, step 4): `Name=Value`, a JSON
 * object, or `file://` and the path of a document that holds one.
 */

import { type DocumentValue, isDocumentObject } from './document-value.js';
import { ValidationError } from './errors.js';
import { parseJsonDocument } from './json-document.js';
import { quoted } from './quoted.js';

/** What one argument says; a file is read and parsed elsewhere. */
export type ParameterArgument =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, DocumentValue> }
  | { readonly kind: 'file'; readonly path: string };

const FILE = 'file://';
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/;

/** Reads one argument. The value is everything after the first `=`, newlines included. Throws `NonValidInputError`. */
export function readParameterArgument(text: string): ParameterArgument {
  if (text.startsWith(FILE)) return { kind: 'file', path: text.slice(FILE.length) };
  if (text.trimStart().startsWith('{'))
    return { kind: 'values', values: parameterObject(parsed(text), text) };
  const [, name, value] = ASSIGNMENT.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { kind: 'values', values: new Map([[name, value]]) };
  throw invalid(`${quoted(text)} is no parameter: write Name=Value, a JSON object or file://path`);
}

function parsed(text: string): DocumentValue {
  try {
    return parseJsonDocument(text);
  } catch (cause) {
    throw invalid(`the parameters ${quoted(text)} are no JSON`, cause);
  }
}

/** The values of a parsed document: an object from names to values. `place` names it in errors. Throws `NonValidInputError`. */
export function parameterObject(document: DocumentValue, place: string): Map<string, DocumentValue> {
  if (isDocumentObject(document)) return new Map(Object.entries(document));
  throw invalid(`${quoted(place)} must hold an object from parameter names to values`);
}

/** All values, in order; of a name twice the last counts. */
export function mergeParameterValues(
  parts: Iterable<ReadonlyMap<string, DocumentValue>>,
): Map<string, DocumentValue> {
  return new Map([...parts].flatMap((part) => [...part]));
}

function invalid(problem: string, cause?: unknown): ValidationError {
  return new ValidationError('NonValidInputError', problem, cause === undefined ? undefined : { cause });
}
