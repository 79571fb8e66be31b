import { expect, test } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from './support/browser.ts';
import { startPlatform } from './support/platform.ts';
import { temporaryFolder } from './support/stores.ts';

test('B22 the reference page shows every described operation, without scripts, accessible, and clean under its policy', async () => {
  const platform = await startPlatform({ dataDir: await temporaryFolder() });
  const document = (await (await fetch(`${platform.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const browser = await openBrowser();
  try {
    const { page, complaints, close } = await openPage(browser, { javaScriptEnabled: true });
    await page.goto(`${platform.url}/reference`);
    const headings = await page.locator('h2').allInnerTexts();
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(headings).toEqual(operations);
    expect(await page.locator('main').innerText()).toContain('Needs a token with the scope write');
    expect(await page.locator('script').count()).toBe(0);
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).maxWidth)).not.toBe('none');
    expect(complaints).toEqual([]);
    expect(await accessibilityFindings(page)).toEqual([]);
    await close();
  } finally {
    await browser.close();
    await platform.close();
  }
});
