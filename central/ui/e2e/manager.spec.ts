import { type Page, expect, test } from "@playwright/test";
import { enter, fake, hasLogin, login, open } from "./support";

// They change policies, people and passes: against a real central only where a site manager's login was given for it.
test.skip(!hasLogin("manager"), "no site manager's login was given (VG_MANAGER_USER)");

const capacity = (page: Page) => page.locator("[data-gate] input[type='number']").first();

async function openGate(page: Page): Promise<void> {
  // A site with one gate shows it open.
  const gate = page.locator("[data-gate]").first();
  await expect(gate).toBeVisible();
  if ((await gate.getAttribute("open")) === null) await gate.locator("> summary").click();
  await expect(capacity(page)).toBeVisible();
}

test("a policy is changed, previewed with its effect on today, saved, and stands in the history", async ({ page }) => {
  await open(page, "manager", "/policy");
  await openGate(page);
  const next = String(Number((await capacity(page).inputValue()) || "1000") + 1);
  await capacity(page).fill(next);
  await expect(page.getByText("1 thay đổi chưa lưu")).toBeVisible();
  await page.getByRole("button", { name: "Xem trước và lưu" }).click();
  const dialog = page.getByRole("dialog", { name: "Xem trước thay đổi" });
  await expect(dialog.getByTestId("changes")).toContainText(next);
  await expect(dialog.getByText("Không có lỗi")).toBeVisible();
  await dialog.getByLabel("Vì sao thay đổi").fill("Thử sức chứa");
  await dialog.getByRole("button", { name: "Lưu chính sách" }).click();
  await expect(page.getByText(/Đã lưu, danh sách v\d+/)).toBeVisible();
  await page.getByRole("tab", { name: "Lịch sử" }).click();
  await expect(page.locator("[data-version]").first()).toContainText("Thử sức chứa");
});

test("what was typed into a policy survives a reload, and can be thrown away", async ({ page }) => {
  await open(page, "manager", "/policy");
  await openGate(page);
  await capacity(page).fill("777");
  await page.reload();
  await expect(page.getByText("1 thay đổi chưa lưu")).toBeVisible();
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Bỏ thay đổi" }).click();
  await expect(page.getByText("Không có thay đổi")).toBeVisible();
});

test("a colleague who saved first is shown, and nothing typed is lost", async ({ page, browser, baseURL }) => {
  await open(page, "manager", "/policy");
  await openGate(page);
  await capacity(page).fill("4321");

  const other = await (await browser.newContext({ baseURL, locale: "vi-VN" })).newPage();
  await open(other, "manager", "/policy?tab=holidays");
  await other.getByLabel("Ngày", { exact: true }).fill(`2028-0${1 + (Date.now() % 9)}-1${Date.now() % 10}`);
  await other.getByLabel("Tên", { exact: true }).fill("Ngày thử");
  await other.getByRole("button", { name: "Thêm ngày" }).click();
  await other.getByRole("button", { name: "Xem trước và lưu" }).click();
  await other.getByRole("button", { name: "Lưu chính sách" }).click();
  await expect(other.getByText(/Đã lưu, danh sách v\d+/)).toBeVisible();
  await other.context().close();

  await page.getByRole("button", { name: "Xem trước và lưu" }).click();
  await page.getByRole("button", { name: "Lưu chính sách" }).click();
  await page.getByRole("button", { name: "Xem họ đã đổi gì" }).click();
  await expect(page.getByTestId("conflict")).toContainText("Ngày thử");
  await expect(capacity(page)).toHaveValue("4321");
  await page.getByRole("button", { name: "Xem trước và lưu" }).click();
  await page.getByRole("button", { name: "Lưu chính sách" }).click();
  await expect(page.getByText(/Đã lưu, danh sách v\d+/)).toBeVisible();
});

test("hours are painted on the week with the keyboard", async ({ page }) => {
  test.skip(!fake, "the hours of a real site are its own");
  await open(page, "manager", "/policy?tab=schedules");
  const cell = page.locator("[data-schedule='ca-ngay'] [data-cell='6:8']");
  await page.locator("[data-schedule='ca-ngay'] [data-cell='0:0']").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  for (let hour = 0; hour < 8; hour += 1) await page.keyboard.press("ArrowRight");
  await expect(cell).toBeFocused();
  await page.keyboard.press("Space");
  await expect(cell).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("[data-schedule='ca-ngay']")).toContainText("CN 08:00–09:00");
});

const CSV = "name,number\nNguyễn Văn Một,037090001234\nTrần Hai,03709\n,037090001299\nLê Thị Ba,037190001277\n";

test("an import shows every wrong row, changes nothing, and then applies the good ones", async ({ page }) => {
  test.skip(!fake, "it would add people to a real site");
  await open(page, "manager", "/members/import");
  await page.getByLabel("Tệp danh sách").setInputFiles({ name: "nguoi.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
  const report = page.getByTestId("import-report");
  await expect(report.locator("tbody tr")).toHaveCount(2);
  await expect(report).toContainText("Số căn cước phải có 12 chữ số");
  const apply = page.getByRole("button", { name: /Áp dụng/ });
  await expect(apply).toBeDisabled();
  await page.getByLabel(/Bỏ các dòng sai/).check();
  await apply.click();
  await expect(page.getByText(/Đã nhập: \d+ mới/)).toBeVisible();
});

test("a pass shows its code once, and is revoked", async ({ page }) => {
  test.skip(!fake, "it would make a pass for a real gate");
  await open(page, "manager", "/passes");
  await page.getByRole("button", { name: "Cấp thẻ" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Cấp thẻ" }).click();
  await expect(form.locator(".field-wrong")).toHaveCount(1);
  await form.getByLabel("Tên trên thẻ").fill("Khách Thử");
  await form.getByRole("button", { name: "Cấp thẻ" }).click();
  const slip = page.getByTestId("pass-slip");
  await expect(slip.getByRole("img", { name: "Mã QR của thẻ" })).toBeVisible();
  const code = (await slip.locator(".pass-code").textContent()) ?? "";
  await page.keyboard.press("Escape");
  const row = page.locator("[data-pass]", { hasText: "Khách Thử" });
  await expect(row).toBeVisible();
  await expect(page.getByText(code)).toHaveCount(0);
  page.once("dialog", (dialog) => void dialog.accept());
  await row.getByRole("button", { name: "Thu hồi" }).click();
  await expect(row).toContainText("đã thu hồi");
});

test("a correction stands beside the counted figure, which stays", async ({ page }) => {
  test.skip(!fake, "it would change a real site's figures");
  await open(page, "manager", "/figures?gate=cong-2");
  const first = page.getByTestId("figure-table").locator("tbody tr").first();
  const counted = await first.locator("td").nth(2).textContent();
  await page.getByRole("button", { name: "Chỉnh số đếm" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Lưu lần chỉnh" }).click();
  await expect(dialog.getByText("Ghi ít nhất một số khác 0.")).toBeVisible();
  await dialog.getByLabel("Người thêm (bớt)").fill("-2");
  await dialog.getByRole("button", { name: "Đếm trùng" }).click();
  await dialog.getByRole("button", { name: "Lưu lần chỉnh" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(first.locator("td").nth(5)).toHaveText("-2");
  expect(await first.locator("td").nth(2).textContent()).toBe(counted);
});

test("a case that central would have decided otherwise is marked as seen with a note", async ({ page }) => {
  test.skip(!fake, "a real central has such cases only after an outage");
  await open(page, "manager", "/otherwise");
  const row = page.locator("[data-otherwise]").first();
  await expect(row).toContainText("Cổng đã trả lời");
  await expect(row).toContainText("Trung tâm lẽ ra");
  const id = await row.getAttribute("data-otherwise");
  await row.getByLabel("Ghi chú").fill("Đã gọi cổng 3");
  await row.getByRole("button", { name: "Đánh dấu đã xem" }).click();
  await expect(page.locator(`[data-otherwise='${id}']`)).toHaveCount(0);
  await page.getByRole("button", { name: "Đã xem", exact: true }).click();
  await expect(page.locator(`[data-otherwise='${id}']`)).toContainText("Đã gọi cổng 3");
});

test("a visit is approved, and another refused with a reason", async ({ page }) => {
  test.skip(!fake, "a real site may have no visit today");
  await open(page, "manager", "/visits");
  const waiting = page.locator("[data-visit][data-state='waiting']");
  const [first, second] = await waiting.evaluateAll((all) => all.slice(0, 2).map((one) => one.getAttribute("data-visit")));
  await page.locator(`[data-visit='${first}']`).getByRole("button", { name: "Duyệt" }).click();
  await expect(page.locator(`[data-visit='${first}']`)).toHaveAttribute("data-state", "approved");
  const other = page.locator(`[data-visit='${second}']`);
  await other.getByRole("button", { name: "Từ chối" }).click();
  await expect(other.getByRole("button", { name: "Từ chối" })).toBeDisabled();
  await other.getByLabel("Lý do (khách sẽ đọc)").fill("Đơn vị nghỉ hôm đó");
  await other.getByRole("button", { name: "Từ chối" }).click();
  await expect(other).toContainText("Đơn vị nghỉ hôm đó");
});

test("a tenant sees its own people, and nothing of the others", async ({ page }) => {
  test.skip(!hasLogin("tenant"), "no tenant's login was given (VG_TENANT_USER)");
  await page.goto("/");
  await enter(page, login("tenant"));
  await expect(page).toHaveURL(/\/(inside|members)/);
  await expect(page.locator("[data-connection='live']")).toBeVisible();
  await page.goto("/members");
  await expect(page.locator("[data-group]")).toHaveCount(1);
  const places = page.getByRole("navigation", { name: "Điều hướng" });
  for (const word of ["Trực tiếp", "Cảnh báo", "Cổng", "Camera"]) await expect(places.getByRole("link", { name: word, exact: true })).toHaveCount(0);
  await page.goto("/members/people");
  await expect(page.locator("[data-member]").first()).toBeVisible();
  await expect(page.getByText(/Đang kết nối|Mất kết nối/)).toHaveCount(0);
});
