import { expect, test } from "@playwright/test";
import { fake, open } from "./support";

test.skip(!fake, "it would ask a real register about a person");

const ANSWERS = [["0", "Khớp"], ["1", "Không khớp"], ["2", "Không tìm thấy"], ["3", "Bị khóa"], ["9", "Chưa xác thực (ngoại tuyến)"]] as const;

test("an identity is checked for a purpose, and only a word comes back", async ({ page }) => {
  await open(page, "police", "/identity");
  await page.getByRole("button", { name: "Xác thực", exact: true }).click();
  await expect(page.locator(".field-wrong")).toHaveCount(3);
  for (const [digit, word] of ANSWERS) {
    await page.getByLabel("Số căn cước").fill(`03709000123${digit}`);
    await page.getByLabel("Họ tên").fill("Nguyễn Văn Mẫu");
    await page.getByLabel("Ngày sinh").fill("1990-01-01");
    await page.getByRole("button", { name: "Xác thực", exact: true }).click();
    await expect(page.locator("[data-result] .badge")).toHaveText(word);
  }
});

test("a scanned card fills the form by itself", async ({ page }) => {
  await open(page, "police", "/identity");
  await page.getByLabel("Số căn cước").fill("037090001234|123456789|Nguyễn Văn Mẫu|01021990|Nam|Ninh Bình|01012022");
  await expect(page.getByLabel("Họ tên")).toHaveValue("Nguyễn Văn Mẫu");
  await expect(page.getByLabel("Ngày sinh")).toHaveValue("1990-02-01");
});

test("alerts of gates say what happened, with the place in the picture", async ({ page }) => {
  await open(page, "ioc", "/alerts");
  const row = page.locator("[data-list='alerts'] [data-alert]:has([data-kind='intrusion'])").first();
  await row.getByRole("button").click();
  const panel = page.getByTestId("alert-panel");
  await expect(panel.locator("[data-kind='intrusion']")).toContainText("Xâm nhập khu cấm");
  await expect(panel.locator("svg.boxes rect.box-vehicle")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.locator("[data-list='alerts'] [data-alert]:has([data-kind='tailgating'])").first().getByRole("button").click();
  await expect(panel.getByRole("link", { name: "Mở lượt qua cổng" })).toBeVisible();
});
