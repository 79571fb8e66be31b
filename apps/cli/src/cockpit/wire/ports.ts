import { readEnv } from '@mogplex/credentials';
import packageJson from '../../../package.json' with { type: 'json' };
import type { World } from '../../world.ts';
import type { OpenSession, Ports } from '../ports.ts';
import { credentialPort } from './credentials.ts';
import { historyPort } from './history.ts';
import { platformPort } from './platform.ts';
import { signInPort } from './sign-in.ts';
import { workspacePort } from './workspace.ts';

/**
 * The ports of a real cockpit.
 *
 * @param warn takes lines that the person must see
 * @param copies whether the terminal has a clipboard
 */
export function createPorts(world: World, warn: (line: string) => void, copies: boolean): Ports & { close(): Promise<void> } {
  let session: Promise<OpenSession> | undefined;
  const open = async (): Promise<OpenSession> => {
    const { openSessionPort } = await import('./session.ts');
    return await openSessionPort(world, warn);
  };
  const signIn = signInPort(world);
  return {
    now: () => world.now(),
    credentials: credentialPort(world, warn),
    signIn,
    workspace: workspacePort(world),
    // One that could not be opened is tried again: the person may have mended the settings.
    session: async () => {
      const opening = (session ??= open());
      return await opening.catch((error: unknown) => {
        if (session === opening) session = undefined;
        throw error;
      });
    },
    platform: platformPort(world),
    history: historyPort(world),
    copies,
    marksPastes: marksPastes(world.env),
    copy: (text) => void world.stdout.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    skills: async () => {
      const { openProviderHost } = await import('../../commands/moxxy/host.ts');
      return await (await openProviderHost(world)).skills();
    },
    status: async () => [
      `Home         ${world.home}`,
      `Platform     ${signIn.platform()}${readEnv(world.env, 'MOGPLEX_URL') === undefined ? ' (default)' : ''}`,
      `Version      mogplex ${packageJson.version}, Node.js ${process.version}`,
    ],
    close: async () => {
      // A session that did not open has nothing to close, and the person has seen why.
      const opened = await session?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** All terminals mark pastes but the consoles of Linux and BSD and old hardware; GNU screen (`STY`) does not hand the marks on. */
const marksPastes = ({ TERM, STY }: World['env']): boolean => !STY && !/^(?:linux|cons|vt\d)/.test(TERM ?? '');
