import { type Page, expect, test } from "@playwright/test";
import { fits, openAs, shot } from "./desk";

const label = (page: Page) => page.getByTestId("not-evidence");
const row = (page: Page, id: string) => page.locator(`[data-section='${id}']`);
/** A day of Vietnam so many days from now. */
const day = (from_now: number) => new Date(Date.now() + 25_200_000 + from_now * 86_400_000).toISOString().slice(0, 10);

test("sections are listed beside the figures with their cameras, and what keeps one from measuring", async ({ page }) => {
  await openAs(page, "ioc", "/violations");
  await page.locator(".sub-nav").getByRole("link", { name: "Tốc độ đoạn đường" }).click();
  await expect(row(page, "tran-hung-dao")).toContainText("Hướng Bắc");
  await expect(row(page, "tran-hung-dao")).toContainText("Hướng Nam");
  await expect(row(page, "tran-hung-dao")).toContainText("2.350 m");
  await expect(row(page, "ql1-km268")).toContainText("chưa có camera");
  for (const [id, words] of [["ql1-km268", "thiếu một đầu"], ["le-dai-hanh", "hai đầu khai khác nhau"], ["cau-lim", "một đầu có hai camera"]]) await expect(row(page, id).getByTestId("section-problem")).toContainText(words);
  await expect(label(page)).toContainText("Không phải thiết bị đo đã kiểm định: không dùng làm chứng cứ.");
  await shot(page, "sections");
});

test("a day's speeds are figures with their uncertainty and without a plate, under a label that never leaves the screen", async ({ page }) => {
  await openAs(page, "police", "/");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(row(page, "tran-hung-dao")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Đoạn tran-hung-dao");
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(new RegExp(`day=${day(-1)}`));
  const tiles = page.getByTestId("section-tiles");
  await expect(tiles).toContainText("640");
  await expect(tiles).toContainText("±");
  await expect(page.getByTestId("section-loss")).toContainText("37 xe ở cuối đoạn không được đọc ở đầu đoạn.");
  await expect(page.getByTestId("section-loss")).toContainText("500 lượt mới nhất trong 640 lượt");
  await expect(page.getByTestId("speed-chart").locator("svg")).toHaveAccessibleName(/60–65 km\/h: \d+ xe, \d+ trên giới hạn/);
  await expect(page.getByTestId("over-table").locator("tbody tr")).toHaveCount(20);
  await page.getByRole("button", { name: /Xem thêm \d+ lượt/ }).click();
  await expect.poll(() => page.getByTestId("over-table").locator("tbody tr").count()).toBeGreaterThan(20);
  // No plate of any form, and no way from a drive to a case.
  await expect(page.locator("main [data-plate]")).toHaveCount(0);
  await expect(page.locator("main")).not.toContainText(/\d{2}-?[A-Z]\d?[ -]?\d{3}\.\d{2}/);
  await expect(page.getByTestId("over-table").getByRole("link")).toHaveCount(0);
  // In both languages, and still in sight at the end of the page.
  await expect(label(page)).toContainText("Không phải thiết bị đo đã kiểm định: không dùng làm chứng cứ.");
  await expect(label(page)).toContainText("Not a type-approved meter: not evidence.");
  await page.getByTestId("over-table").locator("tbody tr").last().scrollIntoViewIfNeeded();
  await expect(label(page)).toBeInViewport({ ratio: 1 });
  await shot(page, "section");
});

test("a section that measures nothing says why, a day without vehicles says so, and one that is gone is not found", async ({ page }) => {
  await openAs(page, "police", "/sections/nga-tu-le-hong-phong/le-dai-hanh");
  await expect(page.getByTestId("section-problem")).toContainText("Chiều dài hoặc giới hạn");
  await page.getByRole("link", { name: "Mở sơ đồ camera" }).click();
  await expect(page).toHaveURL(/\/scenes/);
  await page.goto("/sections/nga-tu-le-hong-phong/duong-vanh-dai");
  await expect(page.getByText("Có xe ở cuối đoạn nhưng không xe nào được đọc biển ở đầu đoạn")).toBeVisible();
  await expect(label(page)).toBeVisible();
  await page.goto("/sections/nga-tu-le-hong-phong/khong-co?day=nonsense");
  await expect(page.getByText("Không còn ở đây, hoặc không thuộc đơn vị của bạn.")).toBeVisible();
  await page.route("**/api/v1/sections", (route) => route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify({ items: [], evidence: false, label_vi: "x", label_en: "y" }) }));
  await page.goto("/sections");
  await expect(page.getByText("Chưa có đoạn nào")).toBeVisible();
});

test("guards and site managers are not led there, and it fits a phone in the dark and in English", async ({ page, browser }) => {
  const guard = await (await browser.newContext()).newPage();
  await guard.request.post("/api/v1/session", { data: { username: "gate", password: "vong-gac-demo" } });
  await guard.goto("/sections");
  await expect(guard.getByText("Bạn không có quyền xem phần này")).toBeVisible();
  await expect(guard.getByRole("link", { name: "Vi phạm" })).toHaveCount(0);
  await guard.context().close();
  await openAs(page, "ioc", `/sections/nga-tu-le-hong-phong/tran-hung-dao?day=${day(-1)}`);
  await expect(page.getByTestId("speed-chart")).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("v");
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(label(page).locator("strong")).toHaveText("Not a type-approved meter: not evidence.");
  await page.setViewportSize({ width: 360, height: 640 });
  await fits(page);
  await shot(page, "section-phone");
});
