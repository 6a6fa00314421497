import { type Page, expect, test } from "@playwright/test";

/** Whether the stand-in answers, whose story a test can write. */
export const FAKE = !process.env.VG_DESK_URL;

/** A supervisor of the desk: VG_DESK_USER and VG_DESK_PIN; unset, the stand-in's. */
export const GUARD = { user: process.env.VG_DESK_USER ?? "an", pin: process.env.VG_DESK_PIN ?? "1357" };

/** Somebody to hand over to: VG_DESK_NEXT_USER and VG_DESK_NEXT_PIN; against a real agent none, if they are unset. */
export const NEXT = process.env.VG_DESK_NEXT_USER
  ? { user: process.env.VG_DESK_NEXT_USER, pin: process.env.VG_DESK_NEXT_PIN ?? "" }
  : FAKE
    ? { user: "binh", pin: "2468" }
    : null;

/** Lets something happen at the stand-in's gate; the names are those of dev/fake-desk/story.mjs. */
export async function step(page: Page, name: string, more: object = {}): Promise<void> {
  const response = await page.request.post("/fake/step", { data: { name, ...more } });
  expect(response.ok(), `step ${name}`).toBe(true);
}

export interface Recorded {
  path: string;
  user: string;
  body: Record<string, unknown>;
}

/** Everything that was sent to the stand-in since its reset. */
export async function recorded(page: Page, ending: string): Promise<Recorded[]> {
  const log = (await (await page.request.get("/fake/log")).json()) as Recorded[];
  return log.filter(({ path }) => path.endsWith(ending));
}

export async function type(page: Page, user: string, pin: string): Promise<void> {
  await page.getByLabel("Tên đăng nhập").fill(user);
  await page.getByLabel("Mã PIN", { exact: true }).fill(pin);
  await page.getByRole("button", { name: "Vào ca" }).click();
}

/** Opens the desk, signed in and with a state on the screen. */
export async function open(page: Page, { user, pin } = GUARD): Promise<void> {
  await page.goto("/");
  await type(page, user, pin);
  await expect(page.locator("[data-connection='live']")).toBeVisible();
}

/** A gate as it is at the start of the stand-in's day. */
export function freshGate(): void {
  test.beforeEach(async ({ page }) => {
    await step(page, "reset");
  });
}

/** A case must have been seen before a key may act on it: that is longer than a test's eye. */
export const SEEN_MS = 600;

/** The reading on the screen once it can be acted on. */
export async function reading(page: Page, verdict: "admit" | "wait" | "deny") {
  const block = page.locator(`.reading[data-verdict='${verdict}']`);
  await expect(block).toBeVisible();
  await page.waitForTimeout(SEEN_MS);
  return block;
}

/** Types as a wedge reader does: the whole text in one breath, Enter behind it. */
export async function scan(page: Page, text: string): Promise<void> {
  await page.evaluate((keys) => {
    const target = document.activeElement ?? document.body;
    for (const key of [...keys, "Enter"]) target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, text);
}

export const CARD = "037090001234||Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Ninh Bình|10052021";
