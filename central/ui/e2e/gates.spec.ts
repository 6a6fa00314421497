import { type Page, expect, test } from "@playwright/test";
import { open } from "./support";

const accesses = (page: Page) => page.locator("[data-list='accesses'] [data-access]");
const PHONE = { width: 390, height: 844 };

test("a gate says who is inside, what its lanes ask, and which list it decides from", async ({ page }) => {
  await open(page, "ioc", "/gates");
  const gate = page.locator("[data-gate]").first();
  await expect(gate).toBeVisible({ timeout: 30_000 });
  await expect(gate.getByText("Người ở trong")).toBeVisible();
  await expect(gate.locator(".figure-value").first()).toHaveText(/\d/);
  await expect(gate.locator("[data-tone]").first()).toHaveText(/\S/);
  const lane = gate.locator("[data-lane]").first();
  await expect(lane.locator("summary")).toHaveText(/\S/);
  await lane.locator("summary").click();
  await expect(gate.locator(".gate-lists h4")).toHaveText(/danh sách/i);
});

test("a decision says its verdict and its reason, and opens with what was asked and why", async ({ page }) => {
  await open(page, "ioc", "/accesses");
  const row = accesses(page).first();
  await expect(row).toBeVisible({ timeout: 60_000 });
  await expect(row.locator("[data-tone]").first()).toHaveText(/Cho vào|Mời chờ|Từ chối/);
  await row.getByRole("link").click();
  await expect(page.getByTestId("decided")).toContainText("Danh sách");
  await expect(page.getByTestId("asked")).toContainText("Xe");
  await expect(page.getByTestId("acts")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(accesses(page).first()).toBeVisible();
});

test("a new decision comes by itself", async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, "ioc", "/accesses");
  await expect(accesses(page).first()).toBeVisible({ timeout: 60_000 });
  await page.mouse.move(4, 400);
  const first = await accesses(page).first().getAttribute("data-access");
  await expect.poll(() => accesses(page).first().getAttribute("data-access"), { timeout: 75_000 }).not.toBe(first);
});

test("filters of decisions live in the address and can be cleared", async ({ page }) => {
  await open(page, "ioc", "/accesses");
  await expect(accesses(page).first()).toBeVisible({ timeout: 60_000 });
  await page.getByLabel("Quyết định").click();
  await page.getByRole("option", { name: "Cho vào" }).click();
  await expect(page).toHaveURL(/verdict=admit/);
  await expect.poll(async () => new Set(await accesses(page).evaluateAll((all) => all.map((one) => one.getAttribute("data-verdict")))).size).toBeLessThanOrEqual(1);
  await page.goto("/accesses?q=ZZ99ZZ99");
  await expect(page.getByText("Không có lượt nào khớp bộ lọc")).toBeVisible();
  await page.getByRole("button", { name: "Xóa bộ lọc" }).click();
  await expect(accesses(page).first()).toBeVisible();
});

test("people inside are counted by area, and figures come with what is missing from them", async ({ page }) => {
  await open(page, "ioc", "/inside");
  await expect(page.getByRole("heading", { level: 1, name: "Đang ở trong" })).toBeVisible();
  await expect(page.locator("[data-area] .figure-value").first()).toHaveText(/\d/, { timeout: 30_000 });
  await page.goto("/figures");
  await expect(page.getByTestId("loss").first()).toContainText(/\d+ mất/, { timeout: 30_000 });
  await expect(page.getByTestId("figure-table").locator("tbody tr").first()).toBeVisible();
  await expect(page.getByRole("img", { name: /Biểu đồ vào ra/ })).toBeVisible();
});

test("a guard sees the gate and who is inside, and no door to policies or members", async ({ page }) => {
  await open(page, "gate", "/gates");
  await expect(page.locator("[data-gate]").first()).toBeVisible({ timeout: 30_000 });
  const places = page.getByRole("navigation", { name: "Điều hướng" });
  await expect(places.getByRole("link", { name: "Ở trong" })).toBeVisible();
  for (const word of ["Số liệu", "Quản trị", "Cách ly"]) await expect(places.getByRole("link", { name: word })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Chính sách cổng" })).toHaveCount(0);
});

for (const path of ["/gates", "/accesses", "/inside", "/figures", "/muster"]) {
  test(`on a phone ${path} fits the width and can be hit with a thumb`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ baseURL, viewport: PHONE, isMobile: true, hasTouch: true, locale: "vi-VN" });
    const page = await context.newPage();
    await open(page, "ioc", path);
    await expect(page.locator("main h1").first()).toBeAttached();
    await expect(page.locator(".skeleton")).toHaveCount(0, { timeout: 30_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    const small = await page.locator(".nav-link, .sub-link, .header button, .page-acts button, .chip, .filters .select").evaluateAll((targets) =>
      targets.filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 43.5).map((target) => target.outerHTML.slice(0, 90)),
    );
    expect(small).toEqual([]);
    await context.close();
  });
}
