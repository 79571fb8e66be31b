import { expect, test } from 'vitest';
import type { Principal } from '../../http/principal.ts';
import { callerOf } from './reach.ts';

const person: Principal = { kind: 'personal', accountId: 'a', tokenId: 't', name: 'laptop', scopes: new Set(['write']) };

test('B7 the token of a run calls for its repository, whatever the client says', () => {
  const run: Principal = { ...person, kind: 'run', runId: 'run_1', repository: 'acme/web' };
  expect(callerOf(run, 'acme/other').repository).toBe('acme/web');
  expect(callerOf(run, undefined).repository).toBe('acme/web');
  const { repository, ...bare } = run;
  expect(repository).toBe('acme/web');
  expect(callerOf(bare, 'acme/other').repository).toBeUndefined();
  expect(callerOf(person, 'acme/api').repository).toBe('acme/api');
});
