import { expect, test } from "@playwright/test";
import { firstRead, naturalWidth, open, passages } from "./support";

test("a passage shows its picture with boxes drawn over it, its plate and its verdict", async ({ page }) => {
  await open(page, "ioc");
  const card = await firstRead(page);
  const id = await card.getAttribute("data-passage");
  const picture = `[data-passage='${id}'] .picture img`;
  await expect.poll(() => naturalWidth(page, picture)).toBeGreaterThan(100);
  await expect(card.locator("svg.boxes rect.box-vehicle")).toHaveCount(1);
  await expect(card.locator("svg.boxes rect.box-plate")).toHaveCount(1);
  await expect(card.getByRole("img", { name: /^Biển số / })).toBeVisible();
  await expect(card.locator("[data-tone]")).toContainText(/\S/);
  await expect(card.locator("time").first()).toHaveText(/\d{2}:\d{2}:\d{2}/);
});

test("boxes can be hidden, and stay hidden after a reload", async ({ page }) => {
  await open(page, "ioc");
  await firstRead(page);
  await page.keyboard.press("b");
  await expect(page.locator("svg.boxes")).toHaveCount(0);
  await page.reload();
  await firstRead(page);
  await expect(page.locator("svg.boxes")).toHaveCount(0);
  await page.keyboard.press("b");
  await expect(page.locator("svg.boxes").first()).toBeVisible();
});

test("a new passage comes by itself", async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, "ioc");
  await expect(passages(page).first()).toBeVisible({ timeout: 45_000 });
  await page.mouse.move(4, 400);
  const first = await passages(page).first().getAttribute("data-passage");
  await expect.poll(() => passages(page).first().getAttribute("data-passage"), { timeout: 75_000 }).not.toBe(first);
});

test("rows keep still under the pointer and wait behind a button", async ({ page }) => {
  test.setTimeout(120_000);
  await open(page, "ioc");
  await expect(passages(page).first()).toBeVisible({ timeout: 45_000 });
  await passages(page).first().hover();
  const first = await passages(page).first().getAttribute("data-passage");
  const waiting = page.locator(".passages").getByTestId("waiting");
  await expect(waiting).toBeVisible({ timeout: 75_000 });
  expect(await passages(page).first().getAttribute("data-passage")).toBe(first);
  await waiting.click();
  await expect.poll(() => passages(page).first().getAttribute("data-passage")).not.toBe(first);
});

test("the plate filter lives in the address and can be cleared", async ({ page }) => {
  await open(page, "ioc");
  const card = await firstRead(page);
  const plate = (await card.locator("[data-plate]").getAttribute("data-plate")) ?? "";
  await page.keyboard.press("/");
  await page.keyboard.type(plate);
  await expect(page).toHaveURL(/plate=/);
  await expect(page.locator("[data-list='passages'] [data-plate]").first()).toHaveAttribute("data-plate", plate);
  await expect
    .poll(async () => new Set(await page.locator("[data-list='passages'] [data-plate]").evaluateAll((all) => all.map((one) => one.getAttribute("data-plate")))).size)
    .toBe(1);
  await page.goto("/?plate=ZZ99ZZ99");
  await expect(page.getByText("Không có lượt xe nào khớp bộ lọc")).toBeVisible();
  await page.getByRole("button", { name: "Xóa bộ lọc" }).click();
  await firstRead(page);
});

test("the numbers of the day come with their loss note", async ({ page }) => {
  await open(page, "ioc");
  const numbers = page.getByRole("region", { name: "Số liệu hôm nay" });
  await expect(numbers.getByText("Đang ở trong")).toBeVisible();
  await expect(numbers.locator(".figure-value").first()).toHaveText(/\d/);
  await expect(numbers.locator(".loss")).toHaveText(/\S/);
});

test("a lost connection says since when, and the page heals by itself", async ({ page, context }) => {
  await open(page, "ioc");
  await firstRead(page);
  await context.setOffline(true);
  await expect(page.getByRole("alert").getByText(/Mất kết nối từ \d{2}:\d{2}:\d{2}/)).toBeVisible();
  await expect(passages(page).first()).toBeVisible();
  await context.setOffline(false);
  await expect(page.locator("[data-connection='live']")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Mất kết nối từ/)).toHaveCount(0);
});
