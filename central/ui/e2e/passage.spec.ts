import { expect, test } from "@playwright/test";
import { firstRead, naturalWidth, open } from "./support";

test("a passage's page shows evidence, reading, owner, reason and proof", async ({ page }) => {
  await open(page, "police");
  await (await firstRead(page)).getByRole("link").click();
  await expect(page).toHaveURL(/\/passages\//);
  await expect.poll(() => naturalWidth(page, ".gallery-main img")).toBeGreaterThan(100);
  await expect(page.locator(".gallery-main svg.boxes rect.box-vehicle")).toHaveCount(1);
  for (const title of ["Kết quả đọc biển", "Chủ phương tiện", "Vì sao có kết quả này", "Chứng thực", "Ai đã xem"]) {
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
  }
  await expect(page.getByText("Chữ ký hợp lệ")).toBeVisible();
  await expect(page.getByText("Đọc thô")).toBeVisible();
  await expect(page.locator(".audit li").first()).toContainText("Xem lượt xe");
});

test("arrows turn the evidence and B shows or hides the boxes", async ({ page }) => {
  await open(page, "police");
  await (await firstRead(page)).getByRole("link").click();
  await expect(page.locator(".gallery-thumb[aria-current='true']")).toHaveText("Toàn cảnh");
  const boxes = page.locator(".gallery-main svg.boxes");
  await expect(boxes).toHaveCount(1);
  await page.keyboard.press("b");
  await expect(boxes).toHaveCount(0);
  await page.keyboard.press("b");
  const count = await page.locator(".gallery-thumb").count();
  test.skip(count < 2, "this passage has one picture only");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".gallery-thumb[aria-current='true']")).not.toHaveText("Toàn cảnh");
  await page.keyboard.press("ArrowLeft");
  await expect(page.locator(".gallery-thumb[aria-current='true']")).toHaveText("Toàn cảnh");
});

test("a guard sees the owner masked, with the reason", async ({ page }) => {
  await open(page, "gate");
  const known = page.locator("[data-list='passages'] [data-passage].tone-admit").first();
  await expect(known).toBeVisible({ timeout: 45_000 });
  await known.getByRole("link").click();
  const owner = page.getByTestId("owner");
  await expect(owner.getByTestId("masked")).toContainText("Che vì:");
  await expect(owner.getByText("Đã che").first()).toBeVisible();
  await expect(owner).not.toContainText(/\d{12}/);
});

test("time is Vietnam's wherever the browser stands, with the offset on hover", async ({ page }) => {
  await open(page, "police");
  await (await firstRead(page)).getByRole("link").click();
  const time = page.locator(".passage-hero time");
  const at = new Date((await time.getAttribute("datetime")) ?? "");
  const local = new Date(at.getTime() + 7 * 3_600_000).toISOString();
  const [year, month, day] = local.slice(0, 10).split("-");
  await expect(time).toContainText(`${day}/${month}/${year} ${local.slice(11, 19)}`);
  await time.hover();
  await expect(page.getByRole("tooltip").first()).toContainText("UTC+07:00");
});

test("Escape goes back to the list, and an unknown passage says so", async ({ page }) => {
  await open(page, "police");
  await (await firstRead(page)).getByRole("link").click();
  await expect(page.locator(".passage-hero")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 2, name: "Lượt xe" })).toBeVisible();
  await page.goto("/passages/00000000-0000-7000-8000-000000000000");
  await expect(page.getByText("Không có lượt xe này")).toBeVisible();
});
