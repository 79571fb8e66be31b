import type { PermissionPort } from '../ports.ts';

export function permissionPort(): PermissionPort {
  return {
    modes: [
      { id: 'ask', detail: 'ask before every change' },
      { id: 'read', detail: 'read, never change' },
    ],
    initial: 'ask',
    allowed: () => true,
  };
}
