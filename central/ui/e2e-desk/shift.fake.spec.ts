import { expect, test } from "@playwright/test";
import { CARD, freshGate, open, reading, recorded, scan, step, type } from "./support";

freshGate();

test("with the camera lost the plate is typed, and the strip says what works and names the form", async ({ page }) => {
  await open(page);
  await expect(page.locator("[data-lane='lan-1'] .live")).toHaveAttribute("data-live", "live");
  await step(page, "camera_lost");
  await expect(page.locator(".ladder")).toHaveAttribute("data-step", "camera_lost");
  await expect(page.locator(".ladder")).toContainText("gõ biển số (phím N)");
  await expect(page.locator(".ladder")).toContainText("Phiếu giấy BM-07/KCN");
  await expect(page.locator("[data-lane='lan-1'] .live")).toContainText(/Hình dừng từ \d\d:\d\d:\d\d/);
  await page.keyboard.press("n");
  await expect(page.getByLabel("Biển số xe")).toBeFocused();
  await page.keyboard.type("35a12345");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(await reading(page, "admit")).toContainText("35A-123.45");
  expect((await recorded(page, "/present"))[0].body).toEqual({ shown: "plate", text: "35a12345" });
});

test("a card without a reader is typed, and its errors are shown at the field", async ({ page }) => {
  await open(page);
  await step(page, "reader_lost");
  await page.keyboard.press("n");
  await page.getByRole("tab", { name: "Căn cước" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByLabel("Số căn cước").fill("12345");
  await sheet.getByRole("button", { name: "Gửi" }).click();
  await expect(sheet.getByText("Cần đủ 12 chữ số.")).toBeVisible();
  await sheet.getByLabel("Số căn cước").fill("037090001234");
  await sheet.getByLabel("Họ và tên").fill("Nguyễn Văn Mẫu");
  await sheet.getByLabel("Ngày sinh").fill("15/08/1990");
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.getByRole("tab", { name: "Căn cước" }).click();
  await expect(sheet.getByLabel("Họ và tên")).toHaveValue("Nguyễn Văn Mẫu");
  await sheet.getByRole("button", { name: "Gửi" }).click();
  await expect(sheet).toHaveCount(0);
  expect((await recorded(page, "/present"))[0].body).toEqual({ shown: "typed_card", number: "037090001234", name: "Nguyễn Văn Mẫu", birth: "1990-08-15" });
});

test("a card number scanned alone opens the entry with it", async ({ page }) => {
  await open(page);
  await scan(page, "037090001234");
  await expect(page.getByRole("dialog").getByLabel("Số căn cước")).toHaveValue("037090001234");
  await expect(page.getByRole("dialog").getByLabel("Họ và tên")).toBeFocused();
});

test("each step of the ladder says what still works", async ({ page }) => {
  await open(page);
  for (const [name, words] of [["centre_lost", "Cổng tự quyết định"], ["camera_lost", "gõ biển số"], ["reader_lost", "Không quét được thẻ"], ["by_hand", "Mở rào bằng tay, ghi phiếu giấy"]]) {
    await step(page, name);
    await expect(page.locator(".ladder")).toHaveAttribute("data-step", name);
    await expect(page.locator(".ladder")).toContainText(words);
  }
  await step(page, "centre_lost");
  await expect(page.locator("[data-alone='true']")).toContainText("cổng tự quyết định");
  await expect(page.locator("[data-freshness]")).toHaveAttribute("data-freshness", "stale");
  await page.getByRole("button", { name: "Xem từng mức" }).click();
  await expect(page.locator(".ladder-card")).toContainText("Làm bằng tay");
  await expect(page.locator(".ladder-card")).toContainText("Làn 1: Mất trung tâm");
});

test("a paper form is typed in by keyboard alone; a line twice is told; a reload loses nothing", async ({ page }) => {
  await open(page);
  await page.keyboard.press("p");
  const sheet = page.getByRole("dialog");
  await expect(sheet.getByLabel("Giờ 1")).toBeFocused();
  const fill = async (text: string, enters: number) => {
    await page.keyboard.type(text, { delay: 60 });
    for (let at = 0; at < enters; at += 1) await page.keyboard.press("Enter");
  };
  // Midnight is never in the future, whenever this runs.
  await fill("0000", 3);
  await fill("35a12345", 5);
  await expect(sheet.getByLabel("Dòng 2", { exact: true })).toBeFocused();
  await expect(sheet.getByLabel("Dòng 2", { exact: true })).toHaveValue("2");
  await page.keyboard.press("Enter");
  await fill("2561", 3);
  await fill("29c11223", 0);
  await page.reload();
  await expect(page.locator("[data-connection='live']")).toBeVisible();
  await page.keyboard.press("p");
  await expect(sheet.getByLabel("Biển số 2")).toHaveValue("29c11223");
  await sheet.getByRole("button", { name: "Ghi 2 dòng" }).click();
  await expect(sheet.locator("[data-paper-row='0']")).toHaveAttribute("data-state", "done");
  await expect(sheet.locator("[data-paper-row='1']")).toContainText("Giờ không đúng");
  await sheet.getByLabel("Giờ 2", { exact: true }).fill("0000");
  await sheet.getByLabel("Dòng 2", { exact: true }).fill("1");
  await page.keyboard.press("Control+Enter");
  await expect(sheet.locator("[data-paper-row='1']")).toContainText("đã nhập trước đó");
  const sent = await recorded(page, "/paper");
  expect(sent[0].body).toMatchObject({ form: "BM-07/KCN", row: 1, plate: "35a12345", direction: "in", kind: "vehicle", verdict: "admit" });
  expect(sent[0].body.at).toMatch(/T00:00:00\+07:00$/);
});

test("a supervisor corrects counts with a reason; the counted figure is told", async ({ page }) => {
  await open(page);
  await page.keyboard.press("c");
  const sheet = page.getByRole("dialog", { name: "Sửa số người, số xe" });
  await sheet.getByLabel("Người: Thực tế").fill("1200");
  await sheet.getByRole("button", { name: "Thêm một Xe" }).click();
  await expect(sheet).toContainText("thay đổi -4");
  await sheet.getByRole("button", { name: "Camera mất hình" }).click();
  await sheet.getByRole("button", { name: "Ghi sửa" }).click();
  await expect(page.locator("[data-inside='people']")).toHaveText(/1\.200 người/);
  expect((await recorded(page, "/corrections"))[0].body).toEqual({ people: -4, vehicles: 1, reason: "camera_down" });
});

test("the emergency opening takes key and reason, is the supervisor's, and is ended the same way", async ({ page }) => {
  await open(page);
  await page.keyboard.press("x");
  await expect(page.getByRole("dialog", { name: "Mở khẩn cấp Làn 1" })).toContainText("Rào mở và giữ mở");
  await page.keyboard.press("1");
  await expect(page.getByText("Làn 1 đang mở khẩn cấp")).toBeVisible();
  await page.keyboard.press("x");
  await expect(page.getByRole("dialog", { name: "Kết thúc mở khẩn cấp Làn 1" })).toBeVisible();
  await page.keyboard.press("1");
  await expect(page.getByText("Làn 1 hết mở khẩn cấp")).toBeVisible();
  expect((await recorded(page, "/act")).map(({ body }) => [body.act, body.reason])).toEqual([["emergency_open", "fire"], ["emergency_end", "over"]]);
});

test("a guard who is no supervisor is told so, and nothing opens", async ({ page }) => {
  await open(page, { user: "binh", pin: "2468" });
  await expect(page.locator("[data-tool='emergency']")).toBeDisabled();
  await expect(page.locator("[data-tool='correction']")).toBeDisabled();
  await page.keyboard.press("x");
  await expect(page.getByText(/Chỉ trưởng ca được mở khẩn cấp/)).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("one key starts the evacuation: everybody known by name, those found, and how many nobody knows", async ({ page }) => {
  await open(page);
  await page.keyboard.press("n");
  await page.keyboard.press("F9");
  const sheet = page.getByRole("dialog", { name: "Điểm danh sơ tán" });
  await expect(sheet.locator("[data-number='missing'] dd")).toHaveText("6");
  await expect(sheet.locator("[data-number='anonymous'] dd")).toHaveText("1.198");
  await sheet.getByRole("button", { name: "Đã thấy: Lê Q. B." }).click();
  await expect(sheet.locator("[data-number='accounted'] dd")).toHaveText("1");
  await expect(sheet.locator("[data-subject='p-2']")).toHaveAttribute("data-accounted", "true");
  await sheet.getByLabel("Tìm tên, đơn vị").fill("tran t");
  await expect(sheet.locator(".muster-row")).toHaveCount(1);
  await sheet.getByLabel("Tìm tên, đơn vị").fill("");
  await page.emulateMedia({ media: "print" });
  await expect(sheet.locator(".muster-box").first()).toBeVisible();
  await expect(sheet.getByRole("button", { name: "In danh sách" })).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Escape");
  await expect(page.locator(".banner-muster")).toContainText("Chưa thấy: 5");
  await page.keyboard.press("F9");
  await sheet.getByRole("button", { name: "Kết thúc điểm danh" }).click();
  await sheet.getByRole("button", { name: "Bấm lần nữa để kết thúc" }).click();
  await expect(page.locator(".banner-muster")).toHaveCount(0);
  expect((await recorded(page, "/muster")).map(({ body }) => body.on)).toEqual([true, false]);
  expect((await recorded(page, "/accounted"))[0].body).toEqual({ subject: "p-2", reason: "seen_at_point" });
});

test("the evacuation list is there although the line is cut", async ({ page }) => {
  await open(page);
  await page.locator("[data-tab='inside']").click();
  await expect(page.locator("[data-inside='p-0']")).toBeVisible();
  await step(page, "down", { ms: 8_000 });
  await expect(page.locator("[data-connection='lost']")).toBeVisible();
  await page.keyboard.press("F9");
  const sheet = page.getByRole("dialog", { name: "Điểm danh sơ tán" });
  await expect(sheet.locator(".muster-row")).toHaveCount(6);
  await expect(sheet).toContainText("In ra và đánh dấu bằng bút");
  await expect(sheet.getByRole("button", { name: "Đã thấy: Lê Q. B." })).toBeDisabled();
});

test("the line to the gate's computer is cut: keys are locked, nothing is queued, a scan is not lost silently", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await step(page, "down", { ms: 7_000 });
  await expect(page.getByText(/Mất kết nối tới máy tại cổng từ/)).toBeVisible();
  await expect(page.locator(".reading")).toContainText("30K-888.88");
  await page.keyboard.press("2");
  await expect(page.getByText("Phím tạm khóa: mất kết nối tới máy tại cổng.")).toBeVisible();
  await scan(page, CARD);
  await expect(page.getByText(/Chưa gửi mã: mất kết nối/)).toBeVisible();
  await expect(page.locator("[data-connection='live']")).toBeVisible({ timeout: 20_000 });
  expect(await recorded(page, "/act")).toEqual([]);
  expect(await recorded(page, "/present")).toEqual([]);
});

test("visitors of the next hour, those inside and who overstayed", async ({ page }) => {
  await open(page);
  await page.keyboard.press("e");
  await expect(page.locator("[data-expected='v-1']")).toContainText("trễ 15 phút");
  await expect(page.locator("[data-expected='v-3']")).toContainText("đã tới");
  await page.keyboard.press("i");
  await expect(page.locator("[data-inside]:visible").nth(2)).toHaveAttribute("data-overstayed", "true");
  await page.getByLabel("Tìm tên hoặc biển").fill("29h456");
  await expect(page.locator("li[data-inside]")).toHaveCount(1);
});

test("the shift is handed over with notes and things; the next guard's PIN signs them in and shows the note", async ({ page }) => {
  await open(page);
  await page.keyboard.press("F8");
  const sheet = page.getByRole("dialog", { name: "Bàn giao ca" });
  await sheet.getByLabel("Ghi chú cho ca sau").fill("Đèn làn 2 hỏng, đã báo kỹ thuật");
  await sheet.getByLabel("Bộ đàm").check();
  await sheet.getByLabel("Thêm đồ khác").fill("Máy ảnh");
  await page.keyboard.press("Enter");
  await expect(sheet.getByLabel("Máy ảnh")).toBeChecked();
  await sheet.getByLabel("Người nhận ca").fill("binh");
  await sheet.getByLabel("PIN của người nhận").fill("9999");
  await sheet.getByRole("button", { name: "Bàn giao", exact: true }).click();
  await expect(sheet.getByRole("alert")).toContainText("sai mã PIN của người nhận ca");
  await expect(sheet.getByLabel("Ghi chú cho ca sau")).toHaveValue("Đèn làn 2 hỏng, đã báo kỹ thuật");
  await sheet.getByLabel("PIN của người nhận").fill("2468");
  await sheet.getByRole("button", { name: "Bàn giao", exact: true }).click();
  await expect(page.locator("[data-user='binh']")).toBeVisible();
  await expect(page.getByTestId("handover")).toContainText("Đèn làn 2 hỏng, đã báo kỹ thuật");
  await page.getByRole("button", { name: "Đã xem" }).click();
  await expect(page.getByTestId("handover")).toHaveCount(0);
  expect((await recorded(page, "/shift")).at(-1)?.body).toMatchObject({ to: "binh", items: ["Bộ đàm", "Máy ảnh"] });
});

test("five wrong PINs make the guard wait and say how long; a desk without a list says what to do", async ({ page }) => {
  await page.goto("/");
  for (let at = 0; at < 6; at += 1) {
    await type(page, "an", "0000");
    await expect(page.getByRole("alert").filter({ hasText: /Sai tên|quá nhiều lần/ })).toBeVisible();
    await page.waitForTimeout(120);
  }
  await expect(page.getByText(/Thử lại sau \d giây/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Vào ca" })).toBeDisabled();
  await step(page, "reset");
  await step(page, "no_list");
  await page.reload();
  await type(page, "an", "1357");
  await expect(page.getByText(/chưa nhận danh sách lần nào/)).toBeVisible();
});
