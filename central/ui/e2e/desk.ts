import { type Locator, type Page, expect } from "@playwright/test";

/** Accounts of the stand-in that work on violations. `police3` is a senior, `signer` a team chief, `signer2` a head of division. */
export type Account = "police" | "police2" | "police3" | "signer" | "signer2" | "ioc" | "admin";

/** Signs in without going through the form each time. */
export async function signInAs(page: Page, username: Account): Promise<void> {
  const answer = await page.request.post("/api/v1/session", { data: { username, password: "vong-gac-demo" } });
  expect(answer.ok()).toBe(true);
}

/** Opens a page signed in. */
export async function openAs(page: Page, username: Account, path: string): Promise<void> {
  await signInAs(page, username);
  await page.goto(path);
  await expect(page.locator("[data-connection='live']")).toBeVisible();
}

interface Listed {
  items: { id: string; number: string; state: string }[];
}

/** The id of a case or handling by its number, as this account sees it. */
export async function idOf(page: Page, list: "cases" | "handlings", number: string): Promise<string> {
  const { items } = (await (await page.request.get(`/api/v1/${list}?limit=200`)).json()) as Listed;
  const found = items.find((row) => row.number === number);
  expect(found, `${number} is there`).toBeDefined();
  return found?.id ?? "";
}

/** Central as a program sees it: what a page must not be able to do is tried here as well. */
export async function post(page: Page, path: string, data: object) {
  const answer = await page.request.post(`/api/v1${path}`, { data, headers: { "x-requested-with": "vong-gac" } });
  const text = await answer.text();
  return { status: answer.status(), body: text ? (JSON.parse(text) as Record<string, unknown>) : null };
}

/** Nothing on the page is wider than the screen. */
export const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);

export const shot = (page: Page, name: string) => page.screenshot({ path: `../../.cache/console-e2e/${name}.png` });

/** Chooses from one of the console's own menus. */
export async function choose(page: Page, menu: Locator, option: string | RegExp) {
  await menu.click();
  await page.getByRole("option", { name: option }).click();
}
