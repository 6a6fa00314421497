import { type Page, expect, test } from "@playwright/test";
import { choose, fits, openAs, post, shot } from "./desk";

const device = (page: Page, camera: string) => page.locator(`[data-device='${camera}']`);
const form = (page: Page) => page.getByTestId("device-form");

test("each device says whether its pictures are evidence now, and why not", async ({ page }) => {
  await openAs(page, "signer", "/enforcement/devices");
  await expect(device(page, "huong-bac")).toHaveAttribute("data-good", "yes");
  await expect(device(page, "huong-bac")).toContainText("Hướng Bắc");
  // Calibrated until 30/09: over.
  await expect(device(page, "huong-dong")).toHaveAttribute("data-good", "no");
  await expect(device(page, "huong-dong").locator("[data-valid='over']")).toContainText("đã hết từ 30/09/2026");
  await expect(device(page, "huong-dong")).toContainText("Chưa là chứng cứ");
  await expect(device(page, "huong-nam").locator("[data-valid='soon']")).toContainText("sắp hết");
  await expect(device(page, "cau-lim")).toHaveAttribute("data-good", "depends");
  await shot(page, "devices");
});

test("a new version is proposed by an officer and approved by a commander, who sees what differs", async ({ page }) => {
  await openAs(page, "police", "/enforcement/devices");
  await device(page, "huong-dong").getByRole("button", { name: "Đề nghị sửa hồ sơ" }).click();
  const certificate = form(page).locator("[data-group='calibration']");
  await certificate.getByLabel("Hiệu lực đến").fill("2025-01-01");
  await form(page).getByLabel("Căn cứ của việc sửa").fill("Kiểm định lại tháng 11");
  await form(page).getByLabel("Người đã tập huấn").fill("police, nguoi-la");
  await form(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  await expect(certificate).toContainText("cần đủ số, nơi cấp và thời hạn");
  await certificate.getByLabel("Số chứng nhận").fill("KĐ-2026-2001");
  await certificate.getByLabel("Hiệu lực từ").fill("2026-11-01");
  await certificate.getByLabel("Hiệu lực đến").fill("2027-10-31");
  await form(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  await expect(form(page).getByRole("alert")).toContainText("không có tài khoản cảnh sát này");
  await expect(certificate.getByLabel("Số chứng nhận")).toHaveValue("KĐ-2026-2001");
  await form(page).getByLabel("Người đã tập huấn").fill("police, police2");
  await shot(page, "device-form");
  await form(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  const proposal = device(page, "huong-dong").getByTestId("proposal");
  await expect(proposal).toContainText("KĐ-2026-2001");
  await expect(proposal).toContainText("Chờ chỉ huy duyệt.");
  await expect(proposal.getByRole("button")).toHaveCount(0);
  expect((await post(page, "/enforcement/devices/nga-tu-le-hong-phong/huong-dong/approve", { proposal: "2" })).status).toBe(403);
  await openAs(page, "signer2", "/enforcement/devices");
  await expect(proposal.locator("del").first()).toHaveText("KĐ-2025-0214");
  await proposal.getByRole("button", { name: "Duyệt hồ sơ" }).click();
  await expect(device(page, "huong-dong")).toHaveAttribute("data-good", "yes");
  await expect(proposal).toHaveCount(0);
});

test("a camera without a record gets its first one, which counts for nothing until it is approved; another is refused", async ({ page }) => {
  await openAs(page, "police", "/enforcement/devices");
  await choose(page, page.getByRole("combobox", { name: "Lập hồ sơ" }), "Hướng Tây");
  await form(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  for (const group of ["machine", "approval", "position"]) await expect(form(page).locator(`[data-group='${group}']`)).toHaveClass(/field-wrong/);
  const fill = async (group: string, values: Record<string, string>) => {
    for (const [label, value] of Object.entries(values)) await form(page).locator(`[data-group='${group}']`).getByLabel(label, { exact: true }).fill(value);
  };
  await fill("machine", { Kiểu: "VG-8M", "Số máy": "LHP-0600" });
  await fill("approval", { Số: "301/QĐ-PC08", "Người ký": "Trưởng phòng PC08", "Ngày ký": "2026-11-02", "Hiệu lực từ": "2026-11-05" });
  await fill("position", { "Nơi đặt": "Cột đèn số 7", "Vĩ độ": "20,2540", "Kinh độ": "105.9741" });
  await form(page).getByLabel("Người đã tập huấn").fill("police");
  await form(page).getByLabel("Căn cứ của việc sửa").fill("Lắp mới theo quyết định 301");
  await form(page).getByRole("button", { name: "Gửi đề nghị" }).click();
  await expect(device(page, "huong-tay")).toHaveAttribute("data-good", "no");
  await openAs(page, "signer", "/enforcement/devices");
  await device(page, "huong-tay").getByRole("button", { name: "Duyệt hồ sơ" }).click();
  await expect(device(page, "huong-tay")).toHaveAttribute("data-good", "depends");
  const south = device(page, "huong-nam");
  await south.getByRole("button", { name: "Không duyệt" }).click();
  await south.getByLabel("Lý do không duyệt").fill("Thiếu bản chụp giấy kiểm định");
  await south.getByRole("button", { name: "Không duyệt" }).click();
  await expect(south.getByTestId("proposal")).toHaveCount(0);
  await expect(south).toContainText("KĐ-2025-1190");
});

test("records fit a phone, and the operations centre has no door to them", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openAs(page, "police", "/enforcement/devices");
  await expect(device(page, "huong-bac")).toBeVisible();
  await fits(page);
  await shot(page, "devices-phone");
  await openAs(page, "ioc", "/enforcement/devices");
  await expect(page.getByText("Bạn không có quyền xem phần này")).toBeVisible();
});
