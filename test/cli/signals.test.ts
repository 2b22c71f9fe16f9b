import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { SignalGate } from '../../src/cli/signals.js';

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the first %s aborts, the second ends the process with %d', (signal, code) => {
  const source = new EventEmitter();
  const exitNow = vi.fn();
  const gate = new SignalGate(source, exitNow);
  expect(gate.signal.aborted).toBe(false);
  source.emit(signal);
  expect(gate.signal.aborted).toBe(true);
  expect(gate.exitCode).toBe(code);
  expect(exitNow).not.toHaveBeenCalled();
  source.emit(signal);
  expect(exitNow).toHaveBeenCalledExactlyOnceWith(signal, code, '');
});

it('keeps the code of the first signal', () => {
  const source = new EventEmitter();
  const exitNow = vi.fn();
  const gate = new SignalGate(source, exitNow);
  source.emit('SIGTERM');
  source.emit('SIGINT');
  expect(gate.exitCode).toBe(143);
  expect(exitNow).toHaveBeenCalledExactlyOnceWith('SIGINT', 130, '');
});

it('ends with what is left behind at that moment', () => {
  const source = new EventEmitter();
  const exitNow = vi.fn();
  const gate = new SignalGate(source, exitNow);
  let left = 'one\n';
  gate.onEnd(() => left);
  gate.onEnd(() => 'two\n');
  source.emit('SIGINT');
  left = '';
  expect(gate.lastWords()).toBe('two\n');
  source.emit('SIGINT');
  expect(exitNow).toHaveBeenCalledExactlyOnceWith('SIGINT', 130, 'two\n');
});

it('leaves no listener behind', () => {
  const source = new EventEmitter();
  new SignalGate(source, vi.fn()).close();
  expect(source.eventNames()).toEqual([]);
});

it('can be aborted without a signal', () => {
  const gate = new SignalGate(new EventEmitter(), vi.fn());
  gate.abort();
  expect(gate.signal.aborted).toBe(true);
  expect(gate.exitCode).toBeUndefined();
});
