import { expect, test } from "@playwright/test";
import { enter, login, open } from "./support";

test("a wrong password is refused in words and the name stays typed", async ({ page }) => {
  await page.goto("/");
  await enter(page, { username: login("ioc").username, password: "not-the-password" });
  await expect(page.getByRole("alert").getByText("Sai tên đăng nhập hoặc mật khẩu.")).toBeVisible();
  await expect(page.getByLabel("Tên đăng nhập")).toHaveValue(login("ioc").username);
  await expect(page.getByLabel("Mật khẩu", { exact: true })).toBeFocused();
});

test("an empty form asks for both fields and sends nothing", async ({ page }) => {
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") sent += 1;
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await expect(page.getByText("Nhập cả tên đăng nhập và mật khẩu.")).toBeVisible();
  expect(sent).toBe(0);
});

test("signing in keeps the address, signing out takes everything off the screen", async ({ page }) => {
  await open(page, "ioc", "/cameras");
  await expect(page.getByRole("heading", { level: 1, name: "Camera và thiết bị" })).toBeVisible();
  await page.getByRole("button", { name: /Tài khoản/ }).click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await expect(page.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
});

test("the language switches at once, is remembered, and names the document", async ({ page }) => {
  await open(page, "ioc");
  await expect(page.locator("html")).toHaveAttribute("lang", "vi");
  await page.getByTestId("language").click();
  await expect(page.getByRole("heading", { level: 2, name: "Passages" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("heading", { level: 2, name: "Passages" })).toBeVisible();
});

test("the keyboard map opens with ? and the skip link comes first", async ({ page }) => {
  await open(page, "ioc");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Phím tắt" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.reload();
  await expect(page.locator("[data-connection='live']")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Tới nội dung chính" })).toBeFocused();
});

test("the theme switches and is remembered", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "ioc");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await page.getByRole("button", { name: "Chuyển sang nền tối" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("an unknown address says so and leads home", async ({ page }) => {
  await open(page, "ioc", "/no/such/page");
  await expect(page.getByText("Không có trang này").last()).toBeVisible();
  await page.getByRole("link", { name: "Về trang trực tiếp" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Lượt xe" })).toBeVisible();
});

test("a gate operator has no door to administration", async ({ page }) => {
  await open(page, "gate", "/admin");
  await expect(page.getByText("Bạn không có quyền xem phần này")).toBeVisible();
  await expect(page.getByRole("link", { name: "Quản trị" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Cách ly" })).toHaveCount(0);
});
