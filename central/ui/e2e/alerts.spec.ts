import { type Page, expect, test } from "@playwright/test";
import { open } from "./support";

const newAlert = (page: Page) => page.locator("[data-list='alerts'] [data-alert][data-state='new']").first();

test("an alert opens as a card, the page stays, and A acknowledges it", async ({ page }) => {
  await open(page, "ioc", "/alerts?state=new");
  const row = newAlert(page);
  await expect(row).toBeVisible({ timeout: 45_000 });
  await row.getByRole("button").click();
  const panel = page.getByTestId("alert-panel");
  await expect(panel).toBeVisible();
  await expect(page).toHaveURL(/\/alerts\?/);
  await expect(page.getByRole("heading", { level: 1, name: "Cảnh báo" })).toBeVisible();
  await panel.getByLabel("Ghi chú").fill("Đã gọi cổng");
  await panel.getByRole("heading", { level: 2 }).click();
  await page.keyboard.press("a");
  await expect(panel.locator(".panel-badges [data-state='acknowledged']")).toBeVisible();
  await expect(panel.locator(".history li").first()).toContainText("Đã tiếp nhận");
  await expect(panel.locator(".history q")).toHaveText("Đã gọi cổng");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("a conclusion wants a reason in words, which is kept until it is saved", async ({ page }) => {
  await open(page, "ioc", "/alerts");
  const row = page.locator("[data-list='alerts'] [data-alert]:is([data-state='new'], [data-state='acknowledged'], [data-state='verifying'])").first();
  await expect(row).toBeVisible({ timeout: 45_000 });
  await row.getByRole("button").click();
  const panel = page.getByTestId("alert-panel");
  const state = panel.locator(".panel-badges [data-state]");
  const before = await state.getAttribute("data-state");
  await panel.locator("button[data-to='false_alarm']").click();
  await expect(panel.getByText("Hãy ghi lý do trước khi kết luận.")).toBeVisible();
  expect(await state.getAttribute("data-state")).toBe(before);
  await page.keyboard.type("Biển khác, xem hình");
  await panel.locator("button[data-to='false_alarm']").click();
  await expect(panel.locator(".panel-badges [data-state='false_alarm']")).toBeVisible();
});

test("the open card is in the address and survives a reload", async ({ page }) => {
  await open(page, "ioc", "/alerts");
  const row = page.locator("[data-list='alerts'] [data-alert]").first();
  await expect(row).toBeVisible({ timeout: 45_000 });
  await row.getByRole("button").click();
  await expect(page).toHaveURL(/alert=/);
  await page.reload();
  await expect(page.getByTestId("alert-panel").getByRole("heading", { level: 2 })).toBeVisible();
});

test("a possible match is never told as a certain one", async ({ page }) => {
  await open(page, "ioc", "/alerts");
  await expect(page.locator("[data-list='alerts'] [data-alert]").first()).toBeVisible({ timeout: 45_000 });
  const possible = page.locator("[data-list='alerts'] [data-alert].tone-possible").first();
  test.skip((await possible.count()) === 0, "no possible match has come yet");
  await possible.getByRole("button").click();
  const panel = page.getByTestId("alert-panel");
  await expect(panel.getByText("Có thể trùng khớp", { exact: true })).toBeVisible();
  await expect(panel.getByText("Cần xác minh của Công an")).toBeVisible();
  await expect(panel.getByText("Khớp đúng")).toHaveCount(0);
});

test("the admin may look at alerts and decides nothing", async ({ page }) => {
  await open(page, "admin", "/alerts");
  const row = page.locator("[data-list='alerts'] [data-alert]").first();
  await expect(row).toBeVisible({ timeout: 45_000 });
  await row.getByRole("button").click();
  await expect(page.getByTestId("alert-panel").getByText("Vai trò của bạn chỉ được xem cảnh báo.")).toBeVisible();
});
