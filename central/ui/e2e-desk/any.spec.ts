import { expect, test } from "@playwright/test";
import { FAKE, GUARD, open, step, type } from "./support";

// True of every desk: the stand-in's and a real agent's. Nothing here admits or refuses anybody.

test.beforeEach(async ({ page }) => {
  if (FAKE) await step(page, "reset");
});

test("a wrong PIN is refused in words, the name stays and the PIN is gone", async ({ page }) => {
  await page.goto("/");
  await type(page, GUARD.user, "000000");
  await expect(page.getByRole("alert").getByText("Sai tên đăng nhập hoặc mã PIN.")).toBeVisible();
  await expect(page.getByLabel("Tên đăng nhập")).toHaveValue(GUARD.user);
  await expect(page.getByLabel("Mã PIN", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Mã PIN", { exact: true })).toBeFocused();
});

test("an empty sign-in asks for both and sends nothing", async ({ page }) => {
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/session")) sent += 1;
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Vào ca" }).click();
  await expect(page.getByText("Nhập tên đăng nhập và mã PIN.")).toBeVisible();
  expect(sent).toBe(0);
});

test("the PIN pad signs in by touch alone", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Tên đăng nhập").fill(GUARD.user);
  for (const digit of GUARD.pin) await page.getByRole("button", { name: `Số ${digit}` }).click();
  await page.getByRole("button", { name: "Số 9" }).click();
  await page.getByRole("button", { name: "Xóa một số" }).click();
  await page.getByRole("button", { name: "Vào ca" }).click();
  await expect(page.locator("[data-connection='live']")).toBeVisible();
});

test("the gate, who is inside, the list and its age stand at the head", async ({ page }) => {
  await open(page);
  await expect(page.locator("[data-inside='people']")).toHaveText(/\d người/);
  await expect(page.locator("[data-inside='vehicles']")).toHaveText(/\d xe/);
  await expect(page.locator("[data-freshness]")).toHaveText(/danh sách \d\d:\d\d \(v\d+\)/);
  await expect(page.locator(".ladder")).toHaveAttribute("data-step", /full|centre_lost|camera_lost|reader_lost|by_hand/);
});

test("a lane with a camera shows moving pictures", async ({ page }) => {
  await open(page);
  const canvas = page.locator(".live canvas").first();
  await expect(canvas).toBeVisible();
  await expect.poll(async () => Number(await canvas.getAttribute("data-frames")), { timeout: 20_000 }).toBeGreaterThan(3);
  const colours = await canvas.evaluate((element: HTMLCanvasElement) => {
    const pixels = element.getContext("2d")?.getImageData(0, 0, element.width, element.height).data ?? [];
    const seen = new Set<number>();
    for (let at = 0; at < pixels.length; at += 4_004) seen.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
    return seen.size;
  });
  expect(colours).toBeGreaterThan(8);
});

test("the language switches at once, is remembered, and names the document", async ({ page }) => {
  await open(page);
  await page.getByTestId("language").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByRole("button", { name: "Paper form" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Paper form" })).toBeVisible();
});

test("every dialog opens and closes by key alone", async ({ page }) => {
  await open(page);
  for (const [key, title] of [["?", "Bảng phím"], ["n", /Nhập tay/], ["p", "Nhập lại phiếu giấy"], ["F8", "Bàn giao ca"]] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog", { name: title })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  for (const [key, tab] of [["q", "queue"], ["e", "expected"], ["i", "inside"], ["r", "recent"]] as const) {
    await page.keyboard.press(key);
    await expect(page.locator(`[data-tab='${tab}']`)).toHaveAttribute("data-state", "active");
  }
  await page.keyboard.press("s");
  await expect(page.locator("#scan")).toBeFocused();
});

test("a plate that is none is refused with the reason, and what was typed stays", async ({ page }) => {
  await open(page);
  await page.keyboard.press("n");
  await page.getByRole("tab", { name: "Biển số" }).click();
  await page.getByLabel("Biển số xe").fill("??");
  await page.getByRole("dialog").getByRole("button", { name: "Gửi" }).click();
  await expect(page.getByRole("dialog").getByText(/Không nhận: biển số không đúng mẫu/)).toBeVisible();
  await expect(page.getByLabel("Biển số xe")).toHaveValue("??");
});

test("a lost line is said with its time, locks the keys and heals by itself", async ({ page, context }) => {
  await open(page);
  await context.setOffline(true);
  await expect(page.getByText(/Mất kết nối tới máy tại cổng từ \d\d:\d\d:\d\d/)).toBeVisible({ timeout: 20_000 });
  await expect(page.locator("[data-key='space']")).toBeDisabled();
  await expect(page.locator("[data-inside='people']")).toHaveText(/\d người/);
  await context.setOffline(false);
  await expect(page.locator("[data-connection='live']")).toBeVisible({ timeout: 20_000 });
  await expect(page.locator("[data-key='space']")).toBeEnabled();
});

test("nothing is wider than a phone, and everything to touch is large enough", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await expect(page.locator(".case")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const small = await page.locator("button:visible").evaluateAll((buttons) =>
    buttons.filter((button) => button.getBoundingClientRect().height < 43.5).map((button) => `${button.className} ${button.textContent}`),
  );
  expect(small).toEqual([]);
});

test("signing out takes the gate off the screen", async ({ page }) => {
  await open(page);
  await page.locator(".account").click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await expect(page.getByRole("button", { name: "Vào ca" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Vào ca" })).toBeVisible();
});
