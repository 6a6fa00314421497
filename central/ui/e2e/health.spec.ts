import { expect, test } from "@playwright/test";
import { open } from "./support";

const PHONE = { width: 390, height: 844 };

test("cameras and agents tell their state in words and numbers", async ({ page }) => {
  await open(page, "ioc", "/cameras");
  const camera = page.locator("[data-camera]").first();
  await expect(camera).toBeVisible({ timeout: 30_000 });
  await expect(camera.locator("[data-tone]").first()).toHaveText(/\S/);
  for (const word of ["khung/giây", "Đã phân tích", "Đã bỏ", "Nối lại"]) await expect(camera.getByText(word)).toBeVisible();
  const agent = page.locator("[data-agent]").first();
  await expect(agent).toBeVisible();
  for (const word of ["Hàng chờ gửi", "Đã bỏ do đầy", "Khoảng trống thứ tự"]) await expect(agent.getByText(word)).toBeVisible();
});

test("quarantine opens for the operations centre", async ({ page }) => {
  await open(page, "ioc", "/quarantine");
  await expect(page.getByRole("heading", { level: 1, name: "Cách ly" })).toBeVisible();
  await expect(page.locator(".table, .empty").first()).toBeVisible();
});

test("the admin makes an enrolment code, once and for one agent", async ({ page }) => {
  await open(page, "admin", "/admin?tab=codes");
  await page.getByLabel("Mã thiết bị").fill("Not An Id");
  await page.getByRole("button", { name: "Cấp mã" }).click();
  await expect(page.locator(".field-wrong")).toBeVisible();
  await page.getByLabel("Mã thiết bị").fill("thu-nghiem-1");
  await page.getByRole("button", { name: "Cấp mã" }).click();
  await expect(page.getByTestId("code").locator("code")).toHaveText(/\S{6,}/);
});

test("the admin adds an account after the form was put right", async ({ page }) => {
  const username = `thu-${Date.now().toString(36)}`;
  await open(page, "admin", "/admin");
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(page.locator(".field-wrong")).toHaveCount(3);
  await page.getByLabel("Tên hiển thị").fill("Người thử");
  await page.getByLabel("Tên đăng nhập").fill(username);
  await page.getByLabel("Mật khẩu ban đầu").fill("cong-hai-lan-ba-7");
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
  await expect(page.getByText(`Đã tạo tài khoản ${username}`)).toBeVisible();
  await expect(page.getByRole("cell", { name: username })).toBeVisible();
});

for (const path of ["/", "/alerts", "/cameras"]) {
  test(`on a phone ${path} fits the width and can be hit with a thumb`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ baseURL, viewport: PHONE, isMobile: true, hasTouch: true, locale: "vi-VN" });
    const page = await context.newPage();
    await open(page, "ioc", path);
    await expect(page.locator("main h1").first()).toBeAttached();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    const small = await page.locator(".nav-link, .header button, .filters button, .chip").evaluateAll((targets) =>
      targets.filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 43.5).map((target) => target.outerHTML.slice(0, 90)),
    );
    expect(small).toEqual([]);
    await context.close();
  });
}
