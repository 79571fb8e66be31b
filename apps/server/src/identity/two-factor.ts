import { z } from 'zod';
import type { Route } from '../http/route.ts';
import { libraryAnswer } from './calls.ts';
import type { Identity } from './context.ts';
import { cookieRoute } from './cookies.ts';
import { spendCode } from './sign-in.ts';
import { chargeAttempt, refundAttempt } from './throttle.ts';
import { note } from './trail.ts';

const WRONG_PASSWORD = { code: 'unauthenticated', message: 'the password is wrong, or the second factor is already on' } as const;
const WRONG_CODE = {
  code: 'invalid_request',
  message: 'the code is wrong',
  hint: 'Check the clock of the device and type the newest code.',
} as const;

const password = z.string().max(1024).optional();

/** One-time codes by an authenticator app (RFC 6238), with backup codes. */
export const twoFactorRoutes = (identity: Identity): Route[] => {
  const { auth, platform } = identity;
  const { db } = platform.store;
  const change = <T>(accountId: string, address: string, work: () => Promise<T>): Promise<T> =>
    chargeAttempt(db, { account: accountId }, address, platform.now()).then(async () => {
      const result = await work();
      await refundAttempt(db, { account: accountId }, address);
      return result;
    });
  return [
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/account/two-factor',
      scope: 'session-fresh',
      summary: 'Starts turning on one-time codes: shows the key and the backup codes once',
      body: z.object({ password }),
      response: z.object({ uri: z.string(), backupCodes: z.array(z.string()) }),
      errors: ['unauthenticated'],
      handler: ({ body, headers, principal, info }) =>
        change(principal.accountId, info.address, async () => {
          const call = { body: body.password === undefined ? {} : { password: body.password }, headers, asResponse: true } as const;
          const answer = await libraryAnswer(await (await auth()).api.enableTwoFactor(call), WRONG_PASSWORD);
          const { totpURI, backupCodes } = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) }).parse(answer.body);
          return { data: { uri: totpURI, backupCodes }, cookies: answer.cookies };
        }),
    }),
    cookieRoute(platform.publicUrl, {
      method: 'POST',
      path: '/account/two-factor/verify',
      scope: 'session',
      summary: 'Turns on one-time codes by the first of them',
      body: z.object({ code: z.string().min(6).max(12) }),
      response: z.object({ status: z.literal('on') }),
      handler: ({ body, headers, principal, info }) =>
        change(principal.accountId, info.address, async () => {
          const call = { body: { code: body.code.replaceAll(/\s/g, '') }, headers, asResponse: true } as const;
          const { cookies } = await libraryAnswer(await (await auth()).api.verifyTOTP(call), WRONG_CODE);
          await spendCode(identity, principal.accountId, call.body.code);
          await note(identity, principal, info.requestId, { action: 'account.second_factor_on', subject: principal.accountId });
          return { data: { status: 'on' }, cookies };
        }),
    }),
    cookieRoute(platform.publicUrl, {
      method: 'DELETE',
      path: '/account/two-factor',
      scope: 'session-fresh',
      summary: 'Turns off one-time codes',
      body: z.object({ password }),
      response: z.object({ status: z.literal('off') }),
      errors: ['unauthenticated'],
      handler: ({ body, headers, principal, info }) =>
        change(principal.accountId, info.address, async () => {
          const call = { body: body.password === undefined ? {} : { password: body.password }, headers, asResponse: true } as const;
          const { cookies } = await libraryAnswer(await (await auth()).api.disableTwoFactor(call), WRONG_PASSWORD);
          await note(identity, principal, info.requestId, { action: 'account.second_factor_off', subject: principal.accountId });
          return { data: { status: 'off' }, cookies };
        }),
    }),
  ];
};
