import { describe, expect, it } from 'vitest';
import { type CreateJobInput, createJobRequest } from '../../src/model/create-job-request.js';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import type { JobParameter } from '../../src/model/job-parameter.js';

const request = (parameters: JobParameter[], more: Partial<CreateJobInput> = {}) =>
  createJobRequest({
    ...{ farmId: 'f', queueId: 'q', template: '{}', templateType: 'JSON', bundleDir: '/b', parameters },
    ...more,
  });

describe('parameters', () => {
  it.each<[string, DocumentValue, object]>([
    ['STRING', new FloatNumber(1), { string: '1.0' }],
    ['STRING', true, { string: 'True' }],
    ['STRING', 1, { string: '1' }],
    ['INT', '9', { int: '9' }],
    ['INT', 2n ** 60n, { int: '1152921504606846976' }],
    ['FLOAT', 1.5, { float: '1.5' }],
    ['FLOAT', 3, { float: '3' }],
    ['PATH', '/a', { path: '/a' }],
    ['BOOL', true, { bool: 'true' }],
    ['BOOL', 'OFF', { bool: 'false' }],
    ['RANGE_EXPR', '1-3', { rangeExpr: '1-3' }],
    ['LIST[STRING]', '["a"]', { stringList: ['a'] }],
    ['LIST[PATH]', ['/a'], { pathList: ['/a'] }],
    ['LIST[INT]', [1, 2], { intList: ['1', '2'] }],
    ['LIST[FLOAT]', [0.1, 2], { floatList: ['0.1', '2.0'] }],
    ['LIST[BOOL]', [1, 'no'], { boolList: ['true', 'false'] }],
    ['LIST[LIST[INT]]', [[1], []], { intListList: [['1'], []] }],
  ])('%s %s', (type, value, expected) => {
    expect(request([{ name: 'p', type, value }]).parameters).toEqual({ p: expected });
  });

  it('without a value are not sent, nor is an empty list of them', () => {
    expect(request([{ name: 'p', type: 'INT', default: 1 }])).not.toHaveProperty('parameters');
    expect(request([])).not.toHaveProperty('attachments');
  });

  it('with a wrong value or no type are refused', () => {
    expect(() => request([{ name: 'p', type: 'BOOL', value: 'x' }])).toThrowError(/'p' has type BOOL/);
    expect(() => request([{ name: 'p', value: 'x' }])).toThrowError(expect.objectContaining({ field: 'p' }));
  });
});

describe('settings', () => {
  const priority = { name: 'deadline:priority', value: new FloatNumber(7) };

  it('come from the defaults, the bundle and the user, the later wins', () => {
    expect(request([])).toMatchObject({ priority: 50, maxFailedTasksCount: 20, maxRetriesPerTask: 5 });
    expect(request([], { defaults: { maxRetriesPerTask: 1 } })).toMatchObject({
      priority: 50,
      maxRetriesPerTask: 1,
    });
    expect(request([priority], { defaults: { priority: 1 } }).priority).toBe(7);
    expect(request([priority], { settings: { priority: 0 } }).priority).toBe(0);
    expect(request([priority], { settings: {} }).priority).toBe(7);
  });

  it('of other programs are dropped, unknown ones of this are refused', () => {
    expect(request([{ name: 'app:priority', value: 1 }])).toEqual(request([]));
    expect(() => request([{ name: 'deadline:x', value: 1 }])).toThrowError(
      "Unrecognized parameter named 'deadline:x' from job bundle:\n/b",
    );
  });
});
