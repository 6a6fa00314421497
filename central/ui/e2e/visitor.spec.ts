import { type Page, expect, test } from "@playwright/test";
import { fake, open } from "./support";

const OLD_PHONE = { width: 360, height: 640 };

async function fill(page: Page): Promise<void> {
  await page.getByLabel("Họ và tên người đại diện").fill("Nguyễn Văn Mẫu");
  await page.getByLabel("Ngày tới").fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
  await page.getByLabel("Giờ tới").fill("08:30");
  await page.getByLabel("Số điện thoại hoặc email").fill("0912 345 678");
}

test("the public page opens without an account, fits an old phone, and loads little", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, viewport: OLD_PHONE, isMobile: true, hasTouch: true, locale: "vi-VN" });
  const page = await context.newPage();
  const scripts: string[] = [];
  page.on("response", (response) => response.url().endsWith(".js") && scripts.push(response.url()));
  await page.goto("/dang-ky");
  await expect(page.getByRole("heading", { name: "Đăng ký trước khi tới" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(OLD_PHONE.width);
  expect(scripts.some((url) => url.includes("console"))).toBe(false);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Register before you come" })).toBeVisible();
  await context.close();
});

test("an unknown code says so, and nothing about anybody", async ({ page }) => {
  await page.goto("/dang-ky");
  await page.getByLabel("Đã có mã?").fill("zz-99 zz");
  await page.getByRole("button", { name: "Xem đăng ký" }).click();
  await expect(page.getByRole("heading", { name: "Không có đăng ký nào với mã này" })).toBeVisible();
});

test("a visit is registered step by step, bound to VNeID, and cancelled", async ({ page }) => {
  test.skip(!fake, "it would register a visit at a real site");
  await page.goto("/dang-ky");
  await page.getByRole("button", { name: "Đăng ký mới" }).click();
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByLabel("Họ và tên người đại diện")).toBeFocused();
  await fill(page);
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByText("Người phụ trách bảo vệ dữ liệu:").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Gửi đăng ký" })).toBeDisabled();
  await page.getByLabel("Tôi đã đọc và đồng ý").check();
  await page.getByRole("button", { name: "Gửi đăng ký" }).click();
  await expect(page.locator("[data-state='waiting']")).toBeVisible();
  await expect(page.locator(".v-code")).toHaveText(/^[A-Z0-9]{6,}$/);
  for (const word of ["Nguyễn Văn Mẫu", "0912"]) await expect(page.getByText(word)).toHaveCount(0);

  await page.getByRole("button", { name: "Xác thực bằng VNeID" }).click();
  await page.getByLabel("Mã VNeID").fill("expired");
  await page.getByRole("button", { name: "Xác thực", exact: true }).click();
  await expect(page.getByText("Mã VNeID đã quá một phút")).toBeVisible();
  await page.getByLabel("Mã VNeID").fill("good-token");
  await page.getByRole("button", { name: "Xác thực", exact: true }).click();
  await expect(page.getByText("Đã xác thực bằng VNeID.")).toBeVisible();

  await page.getByRole("button", { name: "Hủy đăng ký" }).click();
  await page.getByRole("button", { name: "Hủy đăng ký", exact: true }).click();
  await expect(page.locator("[data-state='cancelled']")).toBeVisible();
});

test("what was typed stays when the network fails", async ({ page, context }) => {
  test.skip(!fake, "it would register a visit at a real site");
  await page.goto("/dang-ky");
  await page.getByRole("button", { name: "Đăng ký mới" }).click();
  await fill(page);
  await page.getByLabel("Tôi dùng hộ chiếu nước ngoài").check();
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByText("Ba chữ cái như trên hộ chiếu, ví dụ FRA.")).toBeVisible();
  await page.getByLabel("Mã nước (3 chữ)").fill("fra");
  await page.getByLabel("Số hộ chiếu").fill("12AB34567");
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await page.getByLabel("Tôi đã đọc và đồng ý").check();
  await context.setOffline(true);
  await page.getByRole("button", { name: "Gửi đăng ký" }).click();
  await expect(page.getByRole("alert")).toContainText("Thông tin vẫn còn");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Gửi đăng ký" }).click();
  await expect(page.locator(".v-code")).toBeVisible();
});

test("a registration made outside appears on the staff's list", async ({ page }) => {
  test.skip(!fake, "it would register a visit at a real site");
  await page.goto("/dang-ky");
  await page.getByRole("button", { name: "Đăng ký mới" }).click();
  await fill(page);
  await page.getByRole("button", { name: "Tiếp tục" }).click();
  await page.getByLabel("Tôi đã đọc và đồng ý").check();
  await page.getByRole("button", { name: "Gửi đăng ký" }).click();
  const code = (await page.locator(".v-code").textContent()) ?? "";
  await open(page, "manager", `/visits?date=${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}`);
  await expect(page.locator("[data-visit]", { hasText: code })).toBeVisible();
});
