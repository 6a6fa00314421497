import { type Page, expect, test } from "@playwright/test";

const PHONE = { width: 360, height: 640 };

async function enter(page: Page, token = "a-token"): Promise<void> {
  await page.goto("/vi-pham");
  await page.getByLabel("Mã VNeID").fill(token);
  await page.getByRole("button", { name: "Đăng nhập bằng VNeID" }).click();
}

test("a citizen sees the own cases on an old phone, and nothing of the console is loaded", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, viewport: PHONE, isMobile: true, hasTouch: true, locale: "vi-VN" });
  const page = await context.newPage();
  const scripts: string[] = [];
  page.on("response", (response) => response.url().endsWith(".js") && scripts.push(response.url()));
  await enter(page);
  await expect(page.getByRole("heading", { name: "Bạn có 2 vi phạm" })).toBeVisible();
  await page.getByRole("button", { name: /Vượt đèn đỏ/ }).click();
  await expect(page.getByRole("heading", { name: "Vượt đèn đỏ" })).toBeVisible();
  await expect(page.getByText("Khung phạt 18.000.000 đ – 20.000.000 đ. Trừ 4 điểm giấy phép lái xe")).toBeVisible();
  await expect(page.locator(".c-pictures img")).toHaveCount(3);
  await expect.poll(() => page.locator(".c-pictures img").first().evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  expect(scripts.some((url) => url.includes("console"))).toBe(false);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Ran a red light" })).toBeVisible();
  await context.close();
});

test("confirming asks once more, and then only the state is left", async ({ page }) => {
  await enter(page);
  await page.getByRole("button", { name: /Vượt đèn đỏ/ }).click();
  await page.getByRole("button", { name: "Tôi là người vi phạm" }).focus();
  await page.keyboard.press("Enter");
  // The button is gone; the focus went on to what it opened.
  await expect(page.getByRole("group", { name: "Trả lời vi phạm" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Xác nhận", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-state='acknowledged']")).toBeVisible();
  await expect(page.getByRole("button", { name: "Tôi là người vi phạm" })).toHaveCount(0);
});

test("naming the driver says what is missing and keeps what was typed", async ({ page, context }) => {
  await enter(page);
  await page.getByRole("button", { name: /Vượt đèn đỏ/ }).click();
  await page.getByRole("button", { name: "Người khác lái xe" }).click();
  await page.getByLabel("Số căn cước").fill("12");
  await page.getByRole("button", { name: "Gửi thông tin người lái" }).click();
  await expect(page.getByText("Cần họ và tên.")).toBeVisible();
  await expect(page.getByText("Số căn cước có 12 chữ số (CMND 9).")).toBeVisible();
  await expect(page.getByLabel("Họ và tên")).toBeFocused();
  await page.getByLabel("Họ và tên").fill("Trần Thị Mẫu");
  await page.getByLabel("Số căn cước").fill("037190 001234");
  await page.getByLabel("Địa chỉ").fill("Thôn 1, xã Gia Vân");
  await context.setOffline(true);
  await page.getByRole("button", { name: "Gửi thông tin người lái" }).click();
  await expect(page.getByRole("alert").last()).toContainText("Những gì đã viết vẫn còn");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Gửi thông tin người lái" }).click();
  await expect(page.locator("[data-state='driver_named']")).toBeVisible();
});

test("a dispute takes words and files; a file of another kind is refused before it is sent", async ({ page }) => {
  await enter(page);
  await page.getByRole("button", { name: /Vượt đèn đỏ/ }).click();
  await page.getByRole("button", { name: "Tôi không đồng ý" }).click();
  await page.getByLabel("Tệp đính kèm").setInputFiles({ name: "a.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") });
  await expect(page.getByText("a.exe không nhận được: chỉ nhận tệp JPEG, PNG hoặc PDF.")).toBeInViewport();
  await expect(page.getByRole("button", { name: "Gửi", exact: true })).toBeDisabled();
  await expect(page.locator(".c-file-wrong")).toContainText("a.exe");
  await page.getByRole("button", { name: "Bỏ tệp a.exe" }).click();
  await expect(page.getByRole("button", { name: "Gửi", exact: true })).toBeEnabled();
  await page.getByLabel("Tệp đính kèm").setInputFiles({ name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") });
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await expect(page.getByText("Viết ít nhất một câu.")).toBeVisible();
  await page.getByLabel("Nội dung").fill("Lúc đó tôi nhường đường cho xe cứu thương.");
  await page.getByRole("button", { name: "Gửi", exact: true }).click();
  await expect(page.locator("[data-state='disputed']")).toBeVisible();
});

test("paying shows what the bill asks for and the interest beside it, and the receipt afterwards", async ({ page }) => {
  await enter(page);
  await page.getByRole("button", { name: /vạch liền/ }).click();
  await expect(page.getByText("300 đ").last()).toBeVisible();
  await page.getByRole("button", { name: "Nộp 300.000 đ" }).click();
  await expect(page.locator("[data-state='paid']")).toBeVisible();
  await expect(page.getByRole("link", { name: /Biên lai/ })).toBeVisible();
  await expect(page.getByText(/^Đã nộp lúc \d{2}\/\d{2}/)).toBeVisible();
  await expect(page.getByText("hãy đăng nhập bằng VNeID")).toHaveCount(0);
});

test("a wrong token, a wrong code and a foreign case say so and nothing else", async ({ page }) => {
  await enter(page, "expired");
  await expect(page.getByRole("alert")).toContainText("quá một phút");
  await page.getByRole("button", { name: "Dùng số thông báo và mã" }).click();
  await page.getByLabel("Số thông báo hoặc quyết định").fill("TB-2026-000123");
  await page.getByLabel("Mã tra cứu").fill("XXXX");
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Số hoặc mã không đúng.");
  await page.getByLabel("Mã tra cứu").fill("K7PM4QXD9T");
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await expect(page.getByRole("heading", { name: /Bạn có/ })).toBeVisible();
  await page.getByRole("button", { name: /Vượt đèn đỏ/ }).click();
  await expect(page.getByText("hãy đăng nhập bằng VNeID")).toBeVisible();
  await expect(page.getByRole("button", { name: "Tôi là người vi phạm" })).toHaveCount(0);
  await page.goto("/vi-pham/zzzzzzzzzzzzzzzz");
  await expect(page.getByRole("heading", { name: "Không có vi phạm này" })).toBeVisible();
});

test("a paper is verified by its code, and a file by its hash without leaving the device", async ({ page }) => {
  await page.goto("/xac-minh/abcdefghijklmnop");
  await expect(page.getByRole("heading", { name: "Thông báo vi phạm" })).toBeVisible();
  await expect(page.getByText("35A-***.45")).toBeVisible();
  await expect(page.locator(".c-facts")).toContainText(/\d{2}\/\d{2}\/2\d{3}/);
  await page.getByLabel("So với tệp bạn có").setInputFiles({ name: "b.pdf", mimeType: "application/pdf", buffer: Buffer.from("something else") });
  await expect(page.locator("[data-same='false']")).toBeVisible();
  await page.getByLabel("So với tệp bạn có").setInputFiles({ name: "a.pdf", mimeType: "application/pdf", buffer: Buffer.from("a notice") });
  await expect(page.locator("[data-same='true']")).toBeVisible();
  await page.getByRole("button", { name: "Xác minh văn bản khác" }).click();
  await page.getByLabel("Mã văn bản").fill("nothing-here");
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await expect(page.locator("[data-problem='unknown']")).toBeVisible();
  await page.goto("/xac-minh/abcdefghijklmnoq");
  await expect(page.getByText("Văn bản này thuộc hồ sơ đã gộp vào XL-2026-000117.")).toBeVisible();
});

test("an address or a form without a code says so", async ({ page }) => {
  await page.goto("/xac-minh/khong-co");
  await expect(page.locator("[data-wrong='no_code']")).toContainText("Đây không phải mã văn bản.");
  await page.goto("/xac-minh");
  await expect(page.locator("[data-wrong]")).toHaveCount(0);
  await page.getByRole("button", { name: "Xem", exact: true }).click();
  await expect(page.locator("[data-wrong='empty']")).toContainText("Nhập mã văn bản.");
});
