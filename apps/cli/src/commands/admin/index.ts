import { Command } from 'commander';
import type { World } from '../../world.ts';
import { createOwnerCommand } from './create-owner.ts';
import { resetPasswordCommand } from './reset-password.ts';
import { rotateKeyCommand } from './rotate-key.ts';
import { createCommand as createToken } from './token/create.ts';
import { listCommand as listTokens } from './token/list.ts';
import { revokeCommand as revokeToken } from './token/revoke.ts';
import { listCommand as listUpstreams } from './upstream/list.ts';
import { removeCommand as removeUpstream } from './upstream/remove.ts';
import { setCommand as setUpstream } from './upstream/set.ts';

/** `mogplex admin`: what the operator does on the platform's store, whether the platform runs or not. */
export const command = (world: World): Command =>
  new Command('admin')
    .description('Operate the platform: works on the data folder or DATABASE_URL, whether the platform runs or not.')
    .addCommand(createOwnerCommand(world))
    .addCommand(resetPasswordCommand(world))
    .addCommand(rotateKeyCommand(world))
    .addCommand(
      new Command('token')
        .description('Personal access tokens.')
        .addCommand(createToken(world))
        .addCommand(listTokens(world))
        .addCommand(revokeToken(world)),
    )
    .addCommand(
      new Command('upstream')
        .description('Keys that the platform calls model providers with.')
        .addCommand(setUpstream(world))
        .addCommand(listUpstreams(world))
        .addCommand(removeUpstream(world)),
    );
