import { expect, test, vi } from 'vitest';
import type { Cockpit } from '../controller.ts';
import { PlatformController } from './controller.ts';

test('A9 while a run is under way the list of runs is read again and again, the MCP servers with their credentials are not', async () => {
  vi.useFakeTimers();
  const read = { agents: 0, mcp: 0 };
  const cockpit = {
    state: { agents: { state: 'none' }, mcp: { state: 'none' } },
    store: {
      update: (change: (state: object) => object) => {
        cockpit.state = change(cockpit.state) as typeof cockpit.state;
      },
    },
    run: { stop: () => undefined },
    ports: {
      credentials: { account: () => 'ada' },
      platform: {
        agents: async () => {
          read.agents += 1;
          return { agents: [], runs: [{ status: 'running' }] };
        },
        mcp: async () => {
          read.mcp += 1;
          return [];
        },
      },
    },
  };
  const controller = new PlatformController(cockpit as unknown as Cockpit);
  controller.follow();
  await vi.advanceTimersByTimeAsync(25_000);
  expect(read).toEqual({ agents: 3, mcp: 1 });
  await controller.readMcp();
  expect(read).toEqual({ agents: 3, mcp: 2 });
  controller.forget();
  vi.useRealTimers();
});
