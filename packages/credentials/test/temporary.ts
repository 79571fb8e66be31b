import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A home folder that does not exist yet, inside a folder that goes with the test. */
export function temporaryHome(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mogplex-credentials-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'home');
}

/** Whether a test may mount a small disk to fill it, or act as another user. Injected failures stand for the full disk elsewhere. */
export const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
