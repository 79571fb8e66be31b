import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConsentPage } from './consent.tsx';
import { DevicePage } from './device.tsx';
import { TokensPage } from './settings/tokens.tsx';
import { SignInPage } from './sign-in.tsx';

interface Sent {
  method: string;
  path: string;
  body: unknown;
}

type Answers = Record<string, { status?: number; data?: unknown; error?: Record<string, unknown> }>;

const sent: Sent[] = [];

/** Answers the platform's routes over a stand-in for the network, in the API's envelope. */
const serve = (answers: Answers): void => {
  vi.stubGlobal('fetch', (input: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    const path = input.replace('/api/v1/mogplex', '');
    sent.push({ method, path, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined });
    const answer = answers[`${method} ${path.split('?')[0]}`] ?? { status: 404, error: { code: 'not_found', message: 'nothing here' } };
    const body = answer.error
      ? { ok: false, error: { boundary: 'account', requestId: 'req_1', ...answer.error } }
      : { ok: true, data: answer.data ?? {} };
    return Promise.resolve(new Response(JSON.stringify(body), { status: answer.status ?? 200 }));
  });
};

const show = (page: ReactElement, url: string): void => {
  history.replaceState(null, '', url);
  render(<QueryClientProvider client={new QueryClient()}>{page}</QueryClientProvider>);
};

beforeEach(() => {
  sent.length = 0;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const request = {
  kind: 'ok',
  client: { name: '<b>Handy</b> tool', uri: null, firstParty: false },
  deviceName: null,
  scopes: ['read'],
  redirectHost: 'handy.example',
  email: 'ada@example.com',
};

describe('consent', () => {
  test('A8 nothing is decided before the person presses Allow, and then exactly the request that was shown', async () => {
    serve({
      'GET /oauth/request': { data: request },
      'POST /oauth/request': { data: { location: 'http://127.0.0.1:1/cb' } },
    });
    show(<ConsentPage />, '/authorize?client_id=x&state=s');
    await screen.findByText('handy.example');
    expect(sent.map(({ method }) => method)).toEqual(['GET']);
    fireEvent.click(screen.getByRole('button', { name: 'Allow' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toEqual({ method: 'POST', path: '/oauth/request', body: { query: 'client_id=x&state=s', approve: true } });
  });

  test('A8 the name that an application gives itself is text, and the page says that nobody has checked it', async () => {
    serve({ 'GET /oauth/request': { data: request } });
    show(<ConsentPage />, '/authorize?client_id=x');
    expect(await screen.findByText('<b>Handy</b> tool')).toBeDefined();
    expect(screen.getByText(/nobody has checked its name/)).toBeDefined();
  });

  test('A8 a request that cannot be trusted gives its reason and no button', async () => {
    serve({ 'GET /oauth/request': { data: { kind: 'page', reason: 'The application is not known here.' } } });
    show(<ConsentPage />, '/authorize?client_id=x');
    expect(await screen.findByText('The application is not known here.')).toBeDefined();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('device code', () => {
  test('A8 a code from the link is still confirmed twice: shown first, allowed by a press', async () => {
    serve({
      'GET /account': {
        data: { id: 'u', email: 'ada@example.com', name: 'Ada', emailVerified: true, hasPassword: true, twoFactor: false, github: false },
      },
      'GET /oauth/device-request': {
        data: {
          client: { name: 'Mogplex CLI', uri: null, firstParty: true },
          scopes: ['read', 'write'],
          deviceName: 'laptop',
          address: '10.0.0.7',
          createdAt: Date.now() - 60_000,
          email: 'ada@example.com',
        },
      },
      'POST /oauth/device-request': { data: { status: 'approved' } },
    });
    show(<DevicePage />, '/device?code=ABCD-EFGH');
    const next = await screen.findByRole<HTMLButtonElement>('button', { name: 'Continue' });
    await waitFor(() => expect(next.disabled).toBe(false));
    fireEvent.click(next);
    expect(await screen.findByText('ABCD-EFGH')).toBeDefined();
    expect(screen.getByText(/whoever sent it would get your account/)).toBeDefined();
    expect(sent.some(({ method }) => method === 'POST')).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: 'Allow' }));
    expect(await screen.findByText(/go back to the terminal/)).toBeDefined();
    expect(sent.at(-1)?.body).toEqual({ code: 'ABCD-EFGH', approve: true });
  });
});

describe('sign-in', () => {
  test('B1 a refused password is emptied and the error carries its request id', async () => {
    serve({
      'GET /auth/options': { data: { hasAccounts: true, github: false, passkeys: false } },
      'POST /auth/sign-in': { status: 401, error: { code: 'unauthenticated', message: 'the email or the password is not right' } },
    });
    show(<SignInPage />, '/sign-in');
    fireEvent.change(screen.getByLabelText('Email'), { target: { value: 'ada@example.com' } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'wrong horse' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('the email or the password is not right')).toBeDefined();
    expect(screen.getByText('request req_1')).toBeDefined();
    expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('');
  });
});

describe('access tokens', () => {
  const token = {
    id: 't1',
    name: 'ci',
    prefix: 'mog_abcd',
    scopes: ['read'],
    createdAt: Date.now() - 3 * 86_400_000,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };

  test('B3 a new token is shown with a copy button, and revoking asks first', async () => {
    const shown = `mog_${'x'.repeat(36)}`;
    serve({
      'GET /tokens': { data: { items: [token], nextCursor: null } },
      'POST /tokens': { data: { ...token, token: shown } },
      'DELETE /tokens/t1': {},
    });
    show(<TokensPage />, '/settings/tokens');
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'ci' } });
    fireEvent.click(screen.getByRole('button', { name: 'Make the token' }));
    expect(await screen.findByText(shown)).toBeDefined();
    expect(screen.getByRole('button', { name: 'Copy the token' })).toBeDefined();
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'ci', scopes: ['read'], expires: '30d' });

    fireEvent.click(screen.getByRole('button', { name: 'Revoke ci' }));
    expect(sent.some(({ method }) => method === 'DELETE')).toBe(false);
    fireEvent.click(await screen.findByRole('button', { name: 'Revoke' }));
    await waitFor(() => expect(sent.some(({ method, path }) => method === 'DELETE' && path === '/tokens/t1')).toBe(true));
  });

  test("B3 a token can end with a day, which is one of the reader's calendar", async () => {
    serve({ 'GET /tokens': { data: { items: [], nextCursor: null } }, 'POST /tokens': { data: { ...token, token: 'mog_x' } } });
    show(<TokensPage />, '/settings/tokens');
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'ci' } });
    expect(screen.queryByLabelText('Last day')).toBeNull();
    fireEvent.change(screen.getByLabelText('Expires'), { target: { value: 'day' } });
    fireEvent.change(screen.getByLabelText('Last day'), { target: { value: '2030-01-31' } });
    fireEvent.click(screen.getByRole('button', { name: 'Make the token' }));
    await waitFor(() => expect(sent.some(({ method }) => method === 'POST')).toBe(true));
    const expires = new Date(2030, 0, 31, 23, 59, 59).toISOString();
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'ci', scopes: ['read'], expires });
  });

  test('B3 times are relative in the text and exact on hover, and an empty list says what to do', async () => {
    serve({ 'GET /tokens': { data: { items: [token], nextCursor: null } } });
    show(<TokensPage />, '/settings/tokens');
    const time = await screen.findByText(/3 days ago/);
    expect(time.getAttribute('datetime')).toBe(new Date(token.createdAt).toISOString());
    expect(time.getAttribute('title')).toContain(String(new Date(token.createdAt).getFullYear()));
    cleanup();
    serve({ 'GET /tokens': { data: { items: [], nextCursor: null } } });
    show(<TokensPage />, '/settings/tokens');
    expect(await screen.findByText(/MOGPLEX_API_KEY/)).toBeDefined();
  });
});
