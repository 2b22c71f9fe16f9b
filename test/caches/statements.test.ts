import { readdirSync, readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { keep, pragma, statement } from '../../src/caches/statements.js';

it('prepares a text once per connection', () => {
  const [one, other] = [new Sqlite(':memory:'), new Sqlite(':memory:')];
  expect(keep(one)).toBe(one);
  const select = statement(one, 'SELECT 1');
  expect(statement(one, 'SELECT 1')).toBe(select);
  expect(statement(one, 'SELECT 2')).not.toBe(select);
  expect(statement(other, 'SELECT 1')).not.toBe(select);
  expect(select.pluck(true).get()).toBe(1);
});

it('reads settings again each time', () => {
  const db = new Sqlite(':memory:');
  expect(pragma(db, 'user_version')).toBe(0);
  db.exec('PRAGMA user_version = 7');
  expect(pragma(db, 'user_version')).toBe(7);
});

it('is the only place that makes statements or connections which could become garbage', () => {
  const folder = new URL('../../src/caches/', import.meta.url);
  const makers = readdirSync(folder).filter((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return /\.(?:prepare|pragma)(?:<[^(]*>)?\(|(?<!keep\()new Sqlite\(/.test(text);
  });
  expect(makers).toEqual(['statements.ts']);
});
