/**
 * Scalars of YAML by chance, as PyYAML and as this library reads them: values of the same types, or both refuse. Without what only
 * broken documents hold (odd names of anchors, headers of blocks, quotes that do not end), where the parsers are lax in other places.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isDocumentObject, pythonRepr } from '../../src/model/document-value.js';
import { parseYaml } from '../../src/presets/bundle/yaml.js';
import { runPythonJson } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { seeded } from '../support/seeded.js';
import { tempDir } from '../support/temp-dir.js';

/** Dates count as the text that a job is sent of them. */
const READ = `
import datetime, json, sys, yaml
def read(text):
    try:
        value = yaml.safe_load(f"v: {text}")["v"]
    except (yaml.YAMLError, ValueError):
        return "refused"
    return repr(str(value) if isinstance(value, datetime.date) else value)
print(json.dumps([read(text) for text in json.load(open(sys.argv[1], encoding="utf-8"))]))`;

const PIECES: Readonly<Record<string, readonly string[]>> = {
  numbers: [...'0123456789', '0x', '0b', '0o', '_', '.', '-', '+', 'e', 'E', ':', ':30', 'F', '.inf', '.NaN'],
  words: [
    'y',
    'n',
    'yes',
    'No',
    'ON',
    'off',
    'true',
    'False',
    'TRUE',
    'null',
    'Null',
    '~',
    '=',
    '<<',
    '.',
    ' ',
    '_',
  ],
  times: [
    '2020',
    '-01',
    '-1',
    '-02',
    '-31',
    'T',
    't',
    ' ',
    '03',
    ':04',
    ':05',
    '.5',
    '.123456789',
    'Z',
    '+01:00',
    '-5',
  ],
  texts: ['a', 'ß', '🎬', ' ', '#', ' #', ':', '- ', '?', '!', '@', '`', '%', ',', ']', '}'],
};
const COUNT = 10_000;

function texts(pieces: readonly string[]): string[] {
  const next = seeded(1);
  const below = (limit: number): number => Math.floor(next() * limit);
  return Array.from({ length: COUNT }, () =>
    Array.from({ length: 1 + below(7) }, () => pieces[below(pieces.length)]).join(''),
  );
}

function read(text: string): string {
  try {
    const document = parseYaml(`v: ${text}`);
    return isDocumentObject(document) ? pythonRepr(document['v'] ?? null) : 'no map';
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'refused';
  }
}

requireServer('python')('YAML, beside PyYAML', { timeout: 120_000 }, () => {
  it.each(Object.entries(PIECES))('scalars by chance: %s', async (name, pieces) => {
    const all = [...new Set(texts(pieces))];
    const file = join(tempDir('yaml'), `${name}.json`);
    writeFileSync(file, JSON.stringify(all));
    const python = (await runPythonJson(READ, { args: [file] })) as string[];
    const different = all.flatMap((text, index) => {
      const [ours, theirs] = [read(text), python[index]];
      return ours === theirs ? [] : [{ text, ours, theirs }];
    });
    expect(different).toEqual([]);
    expect(python.filter((value) => value !== 'refused').length).toBeGreaterThan(COUNT / 20);
  });
});
