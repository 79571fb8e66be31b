import { expect } from 'vitest';
import type { TestPlatform } from './platform.ts';

export const PASSWORD = 'correct horse battery staple';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  /** `data` of the envelope, or the whole body where there is none. */
  data: T;
  error: { code: string; message: string; hint?: string } | undefined;
  headers: Headers;
}

/** A person with a browser: keeps cookies, sends the headers that a browser sends from a page of the platform. */
export class Person {
  readonly #url: string;
  readonly cookies = new Map<string, string>();
  headers: Record<string, string>;

  constructor(url: string) {
    this.#url = url;
    this.headers = { origin: url, 'sec-fetch-site': 'same-origin', 'user-agent': 'Test Browser' };
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ ...this.headers, ...(this.cookies.size > 0 ? { cookie: this.cookie } : {}) });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await fetch(new URL(path, this.#url), { redirect: 'manual', ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '' || /max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await this.fetch(`/api/v1/mogplex${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = (await response.json()) as { ok: boolean; data?: T; error?: Answer['error'] };
    return { status: response.status, data: answer.data ?? (answer as T), error: answer.error, headers: response.headers };
  }

  async signIn(email: string, password = PASSWORD): Promise<Answer> {
    return this.call('POST', '/auth/sign-in', { email, password });
  }
}

/** Makes the owner of an empty platform by its set-up link. */
export const owner = async (platform: TestPlatform, email = 'owner@example.com'): Promise<Person> => {
  const link = await platform.setupLink();
  const code = new URL(link ?? '').hash.slice(1);
  const person = new Person(platform.url);
  const made = await person.call('POST', '/auth/set-up', { code, email, password: PASSWORD, name: 'Olive Owner' });
  expect(made).toMatchObject({ status: 200, data: { status: 'signed-in' } });
  return person;
};
