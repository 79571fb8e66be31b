import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@moxxy/sdk';
import type { World } from '../../world.ts';

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const ERASE = /[\u007f\b]/;

/**
 * Asks for the passphrase of the vault, showing nothing of what is typed. Undefined where there is no terminal to ask
 * at: the vault then says which variable to set.
 */
export const passphrasePrompt = ({ stdin, stderr }: World): (() => Promise<Secret>) | undefined => {
  if (!stdin.isTTY) return undefined;
  return async () => {
    stdin.setRawMode(true);
    stderr.write('Passphrase of the vault: ');
    try {
      return new Secret(await typed(stdin), 'passphrase of the vault');
    } finally {
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    }
  };
};

const typed = (stdin: World['stdin']): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const end = (settle: () => void): void => {
      stdin.off('data', take);
      settle();
    };
    const take = (chunk: Buffer | string): void => {
      for (const key of chunk.toString()) {
        if (key === CTRL_C) return end(() => reject(new MogplexError('interrupted', 'interrupted', { boundary: 'terminal' })));
        if (ENTER.test(key)) return end(text === '' ? () => reject(noPassphrase()) : () => resolve(text));
        text = ERASE.test(key) ? text.slice(0, -1) : text + key;
      }
    };
    stdin.on('data', take);
  });

const noPassphrase = (): MogplexError => new MogplexError('unauthenticated', 'no passphrase was given', { boundary: 'terminal' });
