import { type Page, expect, test } from "@playwright/test";
import { choose, fits, openAs, post, shot } from "./desk";

const row = (page: Page, key: string) => page.locator(`[data-law='${key}']`);
const editor = (page: Page) => page.getByTestId("law-editor");
/** A day of Vietnam so many days from now. */
const day = (from_now: number) => new Date(Date.now() + 25_200_000 + from_now * 86_400_000).toISOString().slice(0, 10);

test("the law is shown as it was on a day, with its text and how surely it was read", async ({ page }) => {
  await openAs(page, "police", "/law");
  await expect(row(page, "moto.red_light")).toContainText("4.000.000");
  await expect(row(page, "moto.red_light")).toContainText("điểm c khoản 7 Điều 7 NĐ 168/2024/NĐ-CP");
  await page.locator("#law-search").fill("xe máy chuyên dùng");
  await page.locator("#law-search").fill("6.9.b");
  await expect(page.getByTestId("law-table").locator("tbody tr")).toHaveCount(1);
  await page.goto("/law?tab=caps");
  await expect(row(page, "team_chief")).toContainText("22.500.000");
  // Before the decree there is nobody who may sign by it.
  await page.goto("/law?tab=caps&on=2026-08-14");
  await expect(page.getByText("Không có dòng nào")).toBeVisible();
  await page.goto("/law?tab=holidays&on=2026-11-21");
  await expect(page.getByTestId("law-table")).toContainText("Tết Nguyên đán");
  await expect(page.getByTestId("law-table").locator(".law-since", { hasText: "2025" })).toHaveCount(0);
  await page.goto("/law?tab=deadlines");
  await expect(row(page, "payment")).toContainText("10 ngày");
  await shot(page, "law");
});

test("a change is typed, refused where it cannot be law, compared, proposed, and approved by somebody else", async ({ page, browser }) => {
  await openAs(page, "signer", "/law");
  await row(page, "moto.wrong_lane").getByRole("button").click();
  await editor(page).getByLabel("Thấp nhất (₫)").fill("900000");
  await editor(page).getByLabel("Cao nhất (₫)").fill("800000");
  await editor(page).getByRole("button", { name: "Xem khác biệt" }).click();
  await expect(editor(page)).toContainText("Ghi rõ hơn");
  await editor(page).getByLabel("Căn cứ của việc sửa").fill("NĐ sửa đổi, khoản 3 Điều 7");
  await editor(page).getByRole("button", { name: "Xem khác biệt" }).click();
  await expect(editor(page).getByRole("alert")).toContainText("mức thấp không quá mức cao");
  await expect(editor(page).getByLabel("Thấp nhất (₫)")).toHaveValue("900000");
  await editor(page).getByLabel("Cao nhất (₫)").fill("1.200.000");
  await editor(page).getByRole("button", { name: "Xem khác biệt" }).click();
  // The old row ends the day before, the new one begins: what happened until then keeps its law.
  await expect(page.getByTestId("law-preview").locator("li")).toHaveCount(2);
  await expect(page.getByTestId("law-preview")).toContainText("1.200.000");
  await shot(page, "law-preview");
  await editor(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  const change = page.locator("[data-change]", { hasText: "NĐ sửa đổi, khoản 3 Điều 7" });
  await expect(change).toHaveAttribute("data-state", "proposed");
  await expect(change.getByRole("button", { name: "Duyệt", exact: true })).toHaveCount(0);
  await expect(change).toContainText("Chờ một chỉ huy khác người đề nghị duyệt.");
  const id = await change.getAttribute("data-change");
  expect(await post(page, `/law/changes/${id}/approve`, { if_version: 1 })).toMatchObject({ status: 403, body: { code: "own_change" } });
  const other = await (await browser.newContext()).newPage();
  await openAs(other, "signer2", "/law?tab=changes");
  const theirs = other.locator(`[data-change='${id}']`);
  await expect(theirs.getByTestId("differences")).toContainText("1.200.000");
  await theirs.getByRole("button", { name: "Duyệt", exact: true }).click();
  await expect(theirs).toHaveAttribute("data-state", "approved");
  await expect(theirs).toContainText("Thành phiên bản 2");
  await expect(theirs.getByTestId("differences")).toContainText("1.200.000");
  await shot(other, "law-approved");
  // Today's law is what it was; tomorrow's is the new one.
  await other.goto(`/law?q=7.3`);
  await expect(row(other, "moto.wrong_lane")).toContainText("600.000");
  await other.goto(`/law?on=${day(1)}`);
  await expect(row(other, "moto.wrong_lane")).toContainText("1.200.000");
  await other.context().close();
});

test("a day off is added, and a commander refuses it with a reason", async ({ page }) => {
  await openAs(page, "police", "/law?tab=holidays");
  await page.getByRole("button", { name: "Thêm ngày" }).click();
  await editor(page).getByLabel("Tên tiếng Việt").fill("Nghỉ bù");
  await editor(page).getByLabel("Tên tiếng Anh").fill("Day in lieu");
  await editor(page).getByLabel("Từ ngày", { exact: true }).first().fill("2027-03-12");
  await editor(page).getByLabel("Đến hết ngày").fill("2027-03-12");
  await editor(page).getByLabel("Văn bản", { exact: true }).fill("dự kiến");
  await choose(page, editor(page).getByRole("combobox", { name: "Độ chắc" }), /^L/);
  await editor(page).getByLabel("Căn cứ của việc sửa").fill("Công văn dự kiến của Bộ Nội vụ");
  await editor(page).getByRole("button", { name: "Xem khác biệt" }).click();
  await editor(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  const change = page.locator("[data-change]", { hasText: "Công văn dự kiến của Bộ Nội vụ" });
  await expect(change).toHaveAttribute("data-state", "proposed");
  const id = await change.getAttribute("data-change");
  await openAs(page, "signer", "/law?tab=changes");
  const mine = page.locator(`[data-change='${id}']`);
  await mine.getByRole("button", { name: "Không duyệt" }).click();
  await mine.getByLabel("Lý do không duyệt").fill("Chưa ban hành");
  await mine.getByRole("button", { name: "Không duyệt" }).click();
  await expect(mine).toHaveAttribute("data-state", "rejected");
  await expect(mine).toContainText("Chưa ban hành");
});

test("on a phone, in the dark and in English the tables keep everything in sight", async ({ page }) => {
  await openAs(page, "police", "/law");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: /dark/i }).click();
  await expect(row(page, "moto.red_light")).toContainText("Signal lights not obeyed");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, "law-phone");
});
