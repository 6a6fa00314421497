import { type Page, expect } from "@playwright/test";

export type Role = "gate" | "police" | "police2" | "signer" | "ioc" | "admin" | "manager" | "tenant";

/** The stand-in answers: its data are known, and what a test changes is gone with it. */
export const fake = !process.env.VG_BASE_URL;

/** Site managers and tenants are not in every installation: their tests run where VG_MANAGER_USER or VG_TENANT_USER say who they are. */
export const hasLogin = (role: Role) => fake || Boolean(process.env[`VG_${role.toUpperCase()}_USER`]);

interface Login {
  username: string;
  password: string;
}

/**
 * Logins by role: VG_GATE_USER and VG_GATE_PASSWORD, VG_POLICE_…, VG_IOC_…, VG_ADMIN_…;
 * VG_PASSWORD serves every role that has no password of its own. Unset, they are those of dev/fake-api.mjs.
 */
export function login(role: Role): Login {
  const of = (what: string) => process.env[`VG_${role.toUpperCase()}_${what}`];
  return {
    username: of("USER") ?? role,
    password: of("PASSWORD") ?? process.env.VG_PASSWORD ?? "vong-gac-demo",
  };
}

export async function enter(page: Page, { username, password }: Login): Promise<void> {
  await page.getByLabel("Tên đăng nhập").fill(username);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
}

/** Opens a page of the console, signed in. */
export async function open(page: Page, role: Role, path = "/"): Promise<void> {
  await page.goto(path);
  await enter(page, login(role));
  await expect(page.locator("[data-connection='live']")).toBeVisible();
}

export const passages = (page: Page) => page.locator("[data-list='passages'] [data-passage]");

/** The first passage whose plate was read, once there is one. */
export async function firstRead(page: Page) {
  const card = page.locator("[data-list='passages'] [data-passage]:has([data-plate])").first();
  await expect(card).toBeVisible({ timeout: 45_000 });
  return card;
}

/** How much of a picture has really been drawn: 0 until its bytes have come and been decoded. */
export const naturalWidth = (page: Page, selector: string) =>
  page.locator(selector).first().evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0));
