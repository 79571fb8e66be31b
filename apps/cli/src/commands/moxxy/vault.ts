import { Command } from 'commander';
import type { World } from '../../world.ts';
import { passphrasePrompt } from './ask-passphrase.ts';
import { openVaultOf } from './open-vault.ts';

const verify = async (world: World, json: boolean): Promise<void> => {
  const report = await openVaultOf(world, passphrasePrompt(world)).verify();
  if (!report) {
    world.stdout.write('There is no vault yet.\n');
    return;
  }
  if (json) world.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    world.stdout.write(`${report.sound.length} sound, ${report.damaged.length} damaged; key ${report.keyId} (${report.keySource})\n`);
    for (const { file, why } of report.damaged) world.stderr.write(`damaged: ${file}: ${why}\n`);
    for (const name of report.unfinished) world.stderr.write(`a refresh of ${name} was begun and not finished\n`);
  }
  if (report.damaged.length > 0) process.exitCode = 1;
};

const rekey = async (world: World): Promise<void> => {
  const { keyId, records } = await openVaultOf(world, passphrasePrompt(world)).rekey();
  world.stdout.write(
    `${records} ${records === 1 ? 'record is' : 'records are'} sealed with the new key ${keyId}; the old ones are gone.\n`,
  );
};

/** `moxxy vault`: the sealed store of the logins. */
export const vaultCommand = (world: World): Command => {
  const vault = new Command('vault').summary('check the vault, change its key').description('The sealed store of the logins.');
  vault
    .command('verify')
    .description('Open every record and say what is sound. Changes nothing; the exit code is 1 when something is damaged.')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => verify(world, options.json === true));
  vault
    .command('rekey')
    .description('Seal every record with a new key and forget the old one. Safe to repeat after a crash.')
    .action(() => rekey(world));
  return vault;
};
