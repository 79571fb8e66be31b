import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { startPlatform } from './support/platform.ts';
import { temporaryFolder } from './support/stores.ts';

test('B22 the reference page shows every described operation, without scripts, accessible, and clean under its policy', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  const described = (await (await fetch(`${platform.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const browser = await openBrowser();
  try {
    const { page, complaints, close } = await openPage(browser, { javaScriptEnabled: true });
    await page.goto(`${platform.url}/reference`);
    const headings = await page.locator('h2').allInnerTexts();
    const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(headings).toEqual(operations);
    expect(await page.locator('main').innerText()).toContain('Needs a token with the scope write');
    expect(await page.locator('script').count()).toBe(0);
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).maxWidth)).not.toBe('none');
    expect(complaints).toEqual([]);
    for (const [width, colorScheme] of [
      [375, 'dark'],
      [1280, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect({ width, findings: await accessibilityFindings(page) }).toEqual({ width, findings: [] });
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }
    await close();
  } finally {
    await browser.close();
    await platform.close();
  }
});

test('B22 the document is valid OpenAPI 3.1, and every route that takes or gives JSON stands in it with its schemas', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  const text = await (await fetch(`${platform.url}/openapi.json`)).text();
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(text) as Record<string, unknown>)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { operationId: string; requestBody?: unknown }>> };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  // Pages, assets, streams and redirects are all that is left out.
  const left = platform.routes
    .filter(({ method, path }) => paths[path.replace(/:([A-Za-z]+)/g, '{$1}')]?.[method.toLowerCase()] === undefined)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => /^(?!OPTIONS).*\/(api|oauth|\.well-known)\//.test(name));
  expect(left).toEqual(['GET /oauth/authorize', 'GET /.well-known/oauth-protected-resource/*', expect.stringContaining('/stream')]);
  const silent = operations.filter(({ operationId, requestBody }) => /^(post|put|patch)/.test(operationId) && requestBody === undefined);
  expect(silent.map(({ operationId }) => operationId).filter((id) => /Auth|Account|Oauth|Invitations/.test(id))).toEqual([]);
  await platform.close();
});
