/**
 * Where the fixtures are: `FIXTURES_DIR`, else `../shared/fixtures` beside the project,
 * else the copy in test/fixtures (scripts/sync-fixtures.mjs keeps it), as in a fresh clone.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const FIXTURES_DIR = findFixtures();

function findFixtures(): string {
  const asked = process.env['FIXTURES_DIR'];
  if (asked !== undefined && asked !== '') return resolve(asked);
  const shared = resolve(PROJECT, '../shared/fixtures');
  return existsSync(shared) ? shared : join(PROJECT, 'test/fixtures');
}

/** Absolute path of a fixture file named by its path below the fixtures folder. */
export function fixturePath(file: string): string {
  return join(FIXTURES_DIR, ...file.split('/'));
}

export function fixtureBytes(file: string): Buffer {
  return readFileSync(fixturePath(file));
}

export function fixtureDocument(file: string): Record<string, unknown> {
  return JSON.parse(fixtureBytes(file).toString('utf8')) as Record<string, unknown>;
}

/** Every file below the fixtures folder, `/`-separated, sorted. */
export function fixtureNames(): string[] {
  const entries = readdirSync(FIXTURES_DIR, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(FIXTURES_DIR, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
