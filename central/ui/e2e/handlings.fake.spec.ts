import { type Page, expect, test } from "@playwright/test";
import { type Account, choose, fits, idOf, openAs, post, shot, signInAs } from "./desk";

const numbered = (n: number) => `XL-2026-${String(n).padStart(6, "0")}`;

/** Opens one handling by its number. */
async function file(page: Page, user: Account, n: number): Promise<string> {
  await signInAs(page, user);
  const id = await idOf(page, "handlings", numbered(n));
  await page.goto(`/handlings/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(numbered(n));
  return id;
}
const step = (page: Page, action: string) => page.locator(`[data-action='${action}']`);
const form = (page: Page) => page.getByTestId("action-form");
/** The button that takes the step: the first of the form's two. */
const take = (page: Page) => form(page).locator(".form-acts button").first();

interface Action {
  action: string;
  vi: string;
  allowed: boolean;
  why_not_vi: string | null;
  needs_signature: boolean;
  danger: boolean;
  fields: { name: string; type: string; required: boolean; vi: string }[];
}

// First of all: the tests after it sign the drafts.
test("the draft can be read before it is signed; the usual next step alone is highlighted; in English nothing of the acts is cut off", async ({ page }) => {
  await signInAs(page, "signer");
  const { items } = (await (await page.request.get("/api/v1/handlings?limit=200")).json()) as { items: { id: string; state: string }[] };
  const at = (state: string) => items.find((row) => row.state === state)?.id ?? "";
  await page.goto(`/handlings/${at("notice_draft")}`);
  const link = page.getByTestId("documents").getByTestId("see-draft");
  await expect(link).toHaveAttribute("target", "_blank");
  await step(page, "sign_notice").getByRole("button").click();
  const inForm = form(page).getByTestId("see-draft");
  await expect(inForm).toContainText("Xem bản dự thảo (PDF)");
  const answer = await page.request.get((await inForm.getAttribute("href")) ?? "");
  expect([answer.status(), answer.headers()["content-type"]]).toEqual([200, "application/pdf"]);
  await shot(page, "handling-sign-draft");
  await openAs(page, "police", `/handlings/${at("owner_found")}`);
  await expect(page.getByTestId("actions").locator(".button-primary")).toHaveCount(1);
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.keyboard.press("g");
  await page.keyboard.press("v");
  await expect(page.getByRole("columnheader", { name: "Points" })).toBeVisible();
  expect(await page.getByTestId("acts").locator(".table-scroll").evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
  await shot(page, "handling-1366-en");
});

test("the list finds by plate, state and deadline, and says whose time runs out", async ({ page }) => {
  await openAs(page, "police", "/handlings");
  const rows = page.locator("[data-list='handlings'] > li");
  await expect(rows).toHaveCount(13);
  await page.locator("[data-level='late']").click();
  await expect(page).toHaveURL(/due=late/);
  await expect(page.locator(`[data-number='${numbered(45)}']`)).toContainText("quá hạn");
  await page.locator("[data-level='late']").click();
  await page.locator("#handling-search").fill("35-G1");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Đã xác nhận vi phạm");
  await page.locator("#handling-search").fill("");
  await choose(page, page.getByRole("combobox", { name: "Trạng thái" }), /Dự thảo quyết định \(2\)/);
  await expect(rows).toHaveCount(2);
  await shot(page, "handlings");
  await openAs(page, "ioc", "/handlings");
  await expect(page.getByText("Bạn không có quyền xem phần này")).toBeVisible();
});

test("a log says what other systems did and a paper what it lacks, in words; the nearest deadline stands with its day and share", async ({ page }) => {
  await file(page, "police", 45);
  const log = page.getByTestId("chain");
  await expect(log).toContainText("Bưu chính · Quyết định xử phạt: xong");
  await expect(log).toContainText("bị trả lại");
  await expect(log).toContainText("trừ 4, còn 8");
  await expect(log).toContainText("Nộp phạt: đã qua 80 % thời gian");
  await expect(log).toContainText("2.000.000 ₫, biên lai BL-2026-0090007");
  await expect(log).toContainText("công an xã nơi nhận (địa chỉ không có cấp xã), điều khoản");
  await expect(log).not.toContainText(/order|told|alert|document_lacks|payment|undefined/);
  await file(page, "police", 51);
  await expect(page.getByTestId("documents")).toContainText("công an xã nơi nhận (địa chỉ không có cấp xã), điện thoại (điền trong cấu hình: handling.phone)");
  await openAs(page, "police", "/handlings");
  const rows = page.locator("[data-list='handlings'] > li");
  await expect(rows.first()).toContainText("quá hạn");
  await expect(rows.first().locator(".due-exact")).toContainText(/hạn \d{2}\/\d{2}\/2\d{3} · đã qua \d+%/);
  const urgent = (await rows.first().getAttribute("data-number")) ?? "";
  await choose(page, page.getByRole("combobox", { name: "Xếp theo" }), "Mới thay đổi");
  await expect(page).toHaveURL(/sort=changed/);
  await expect(rows.first()).not.toHaveAttribute("data-number", urgent);
  await choose(page, page.getByRole("combobox", { name: "Xếp theo" }), "Hạn gần nhất");
  await expect(rows.first()).toHaveAttribute("data-number", urgent);
  await page.setViewportSize({ width: 360, height: 640 });
  await fits(page);
  await shot(page, "handlings-phone");
});

test("every step has its form: needed fields, signature and confirmation, and an empty form is not sent", async ({ page }) => {
  const seen = new Set<string>();
  for (const [user, numbers] of [["police", [43, 44, 45, 46, 47, 50, 51, 52]], ["signer", [41, 45, 46, 49]]] as [Account, number[]][]) {
    for (const n of numbers) {
      const id = await file(page, user, n);
      const { actions } = (await (await page.request.get(`/api/v1/handlings/${id}`)).json()) as { actions: Action[] };
      await expect(page.getByTestId("actions").locator("[data-action]")).toHaveCount(actions.length);
      for (const action of actions) {
        const button = step(page, action.action).getByRole("button");
        if (!action.allowed) {
          await expect(button).toBeDisabled();
          await expect(step(page, action.action)).toContainText(action.why_not_vi ?? "?");
          continue;
        }
        if (seen.has(action.action)) continue;
        seen.add(action.action);
        await button.click();
        for (const field of action.fields.filter(({ type }) => type !== "acts")) await expect(form(page).getByText(field.vi, { exact: false }).first()).toBeVisible();
        await expect(form(page).getByTestId("signature")).toHaveCount(action.needs_signature ? 1 : 0);
        await expect(form(page).locator(".strip-deny")).toHaveCount(action.danger ? 1 : 0);
        const needed = action.fields.filter(({ required, type }) => required && type !== "acts").length;
        const sure = action.danger && !action.fields.some(({ name }) => name === "reason");
        if (needed > 0 || sure) {
          await take(page).click();
          await expect(form(page).locator(".field-wrong, .field small")).not.toHaveCount(0);
          await expect(form(page)).toBeVisible();
        }
        await page.keyboard.press("Escape");
        await expect(form(page)).toHaveCount(0);
      }
    }
  }
  expect([...seen].sort()).toEqual(["accept_driver", "accept_owner", "ask_void", "dismiss_dispute", "draft_decision", "draft_minutes", "hand_over", "hold_owner_liable", "look_up_again", "name_owner", "order_enforcement", "pass_on", "record_acknowledged", "record_dispute", "record_driver", "record_payment", "record_transfer_claim", "reject_driver", "report_stolen", "restart_statute", "return_decision", "return_notice", "sign_decision", "sign_notice"]);
});

test("a signer over the cap is told why and cannot sign; one whose cap reaches signs", async ({ page }) => {
  const id = await file(page, "signer", 42);
  await expect(step(page, "sign_decision").getByRole("button")).toBeDisabled();
  await expect(step(page, "sign_decision")).toContainText("vượt thẩm quyền: khung cao nhất 40.000.000 đ, thẩm quyền 22.500.000 đ");
  expect(await post(page, `/handlings/${id}/actions/sign_decision`, {})).toMatchObject({ status: 403, body: { code: "over_cap" } });
  await shot(page, "handling-over-cap");
  await file(page, "signer2", 42);
  await step(page, "sign_decision").getByRole("button").click();
  await expect(page.locator("[data-cap='good']")).toContainText("60.000.000");
  await take(page).click();
  await expect(page.getByTestId("actions")).not.toContainText("Ký quyết định");
  await expect(page.getByTestId("documents")).toContainText("đã phát hành");
  await expect(page.getByTestId("payment")).toContainText("Chờ nộp");
});

test("amounts of two acts are fixed within their ranges; another amount than the average wants its circumstance", async ({ page }) => {
  await file(page, "police", 43);
  await step(page, "draft_decision").getByRole("button").click();
  const acts = form(page).locator(".act-field");
  await expect(acts).toHaveCount(2);
  const amount = acts.first().getByLabel("Mức phạt");
  await expect(amount).toHaveValue("5000000");
  await amount.fill("6.500.000");
  await take(page).click();
  await expect(acts.first()).toContainText("Cao hơn mức cao nhất.");
  await amount.fill("4.500.000");
  await expect(acts.first()).toContainText("Khác mức trung bình: ghi tình tiết.");
  await acts.first().getByLabel("Giảm nhẹ").fill("Tự nguyện khai báo");
  await shot(page, "handling-decision");
  await take(page).click();
  await expect(page.getByTestId("total")).toContainText("5.200.000");
  await expect(page.getByTestId("acts")).toContainText("Tự nguyện khai báo");
  await expect(page.getByTestId("acts")).toContainText("chỉ trừ số điểm cao nhất một lần");
});

test("what central refuses is said in words, and nothing that was typed is lost", async ({ page, browser }) => {
  await file(page, "police", 46);
  await step(page, "name_owner").getByRole("button").click();
  await choose(page, form(page).getByRole("combobox", { name: /Tư cách/ }), "Người mua chưa sang tên");
  await choose(page, form(page).getByRole("combobox", { name: "Là", exact: true }), "Cá nhân");
  await form(page).getByLabel("Họ tên hoặc tên tổ chức").fill("Phạm Thu Giả");
  await form(page).getByLabel(/Số định danh/).fill("12345");
  await form(page).getByLabel("Địa chỉ").fill("Thôn 2, xã Gia Vân");
  await form(page).getByLabel("Lý do").fill("Có hợp đồng mua bán ngày 02/10.");
  await take(page).click();
  await expect(form(page).getByRole("alert")).toContainText("số định danh không hợp lệ");
  await expect(form(page).getByLabel("Lý do")).toHaveValue("Có hợp đồng mua bán ngày 02/10.");
  await shot(page, "handling-refused");
  // A colleague hands it over meanwhile: 409, with the form as it was.
  const other = await (await browser.newContext()).newPage();
  const id = await file(other, "signer", 46);
  expect((await post(other, `/handlings/${id}/actions/hand_over`, { to_unit: "Quân khu 3", reason: "Xe quân đội" })).status).toBe(200);
  await other.context().close();
  await form(page).getByLabel(/Số định danh/).fill("037190001234");
  await take(page).click();
  await expect(form(page).getByRole("alert")).toContainText("trạng thái hiện tại không cho phép");
  await expect(form(page).getByLabel("Họ tên hoặc tên tổ chức")).toHaveValue("Phạm Thu Giả");
});

test("voiding asks for a reason, warns, and is confirmed by another commander who reads it", async ({ page }) => {
  const id = await file(page, "signer", 41);
  await step(page, "ask_void").getByRole("button").click();
  await expect(form(page)).toContainText("Không hoàn tác được.");
  await form(page).getByLabel("Lý do").fill("nhầm");
  await take(page).click();
  await expect(form(page)).toContainText("Ghi rõ hơn");
  await form(page).getByLabel("Lý do").fill("Biển số đọc nhầm với xe khác.");
  await take(page).click();
  await expect(page.getByText("Đã có đề nghị hủy", { exact: false }).first()).toBeVisible();
  await expect(step(page, "confirm_void")).toContainText("người đề nghị không được tự xác nhận");
  await expect(step(page, "sign_notice")).toContainText("đang có đề nghị hủy");
  await openAs(page, "signer2", `/handlings/${id}`);
  await expect(page.getByText("Biển số đọc nhầm với xe khác.").first()).toBeVisible();
  await step(page, "confirm_void").getByRole("button").click();
  await take(page).click();
  await expect(form(page)).toContainText("Tôi hiểu việc này không hoàn tác được.");
  await expect(form(page).locator(".field-wrong")).toHaveCount(1);
  await form(page).getByRole("checkbox").check();
  await take(page).click();
  await expect(page.locator(".handling-head")).toContainText("Đã hủy");
  await expect(page.getByTestId("actions")).toContainText("Hồ sơ này không còn việc nào.");
});

test("a payment over the counter is noted with its receipt, and the rest is still owed", async ({ page }) => {
  await file(page, "police", 53);
  await step(page, "record_payment").getByRole("button").click();
  await form(page).getByLabel("Số tiền").fill("2.000.000");
  await form(page).getByLabel("Số biên lai").fill("KB-000417");
  await form(page).getByLabel("Ngày").fill("2026-11-20");
  await take(page).click();
  await expect(page.getByTestId("payment")).toContainText("KB-000417");
  await expect(page.getByTestId("payment")).toContainText("3.000.000");
  await expect(page.getByTestId("points")).toContainText("đã gửi lệnh trừ điểm");
});

test("a file in the dark, in English and on a phone keeps everything in sight", async ({ page }) => {
  await file(page, "signer", 45);
  await expect(page.getByTestId("deadlines").locator("[data-deadline='payment']")).toContainText("quá hạn");
  await expect(page.getByTestId("payment")).toContainText("0,05 %");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByTestId("actions")).toContainText("Order the enforcement");
  await page.getByRole("button", { name: /dark/i }).click();
  await shot(page, "handling-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, "handling-phone");
});
