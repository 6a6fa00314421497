import { expect, test } from "@playwright/test";
import { choose, fits, idOf, openAs, post, shot, signInAs } from "./desk";

const rows = "[data-list='cases'] > li";

test("cases are found by plate, number, state and kind; the address keeps the filter", async ({ page }) => {
  await openAs(page, "police", "/cases");
  await expect(page.locator(rows)).toHaveCount(22);
  await page.keyboard.press("/");
  await page.keyboard.type("35k111675");
  await expect(page.locator(rows)).toHaveCount(2);
  await expect(page.locator(rows).first()).toContainText("Đã xác nhận");
  await expect(page).toHaveURL(/q=35k111675/);
  await page.locator("#case-search").fill("VP-2026-000134");
  await expect(page.locator(rows)).toHaveCount(1);
  await expect(page.locator(rows)).toContainText("Đã từ chối");
  await page.locator("#case-search").fill("");
  await choose(page, page.getByRole("combobox", { name: "Trạng thái" }), /Không đủ điều kiện \(3\)/);
  await expect(page.locator(rows)).toHaveCount(3);
  // What is not evidence shows neither a plate nor a picture to anybody.
  await expect(page.locator(`${rows} img`)).toHaveCount(0);
  await expect(page.locator(`${rows} [data-plate]`)).toHaveCount(0);
  await choose(page, page.getByRole("combobox", { name: "Hành vi" }), "Tốc độ ước lượng theo mặt đường (tham khảo)");
  await expect(page.locator(rows)).toHaveCount(1);
  await shot(page, "cases");
});

test("a plate that waits to be read is in nobody's list, and no such case is found by it by a reviewer's eye", async ({ page }) => {
  await openAs(page, "police", "/cases?state=screened");
  await expect(page.locator(rows).first()).toBeVisible();
  await expect(page.locator(`${rows} [data-plate]`)).toHaveCount(0);
  await openAs(page, "ioc", "/cases");
  await expect(page.locator(rows).first()).toBeVisible();
  await expect(page.locator(`${rows} a`)).toHaveCount(0);
  await expect(page.locator(`${rows} [data-plate]`)).toHaveCount(0);
  expect((await page.request.get("/api/v1/cases?q=35K111675")).status()).toBe(403);
});

test("a case's page shows the film, law, evidence and chain; what is inadmissible says why and shows nothing", async ({ page }) => {
  await signInAs(page, "signer");
  await page.goto(`/cases/${await idOf(page, "cases", "VP-2026-000133")}`);
  await expect(page.getByTestId("timeline")).toBeVisible();
  await expect(page.locator("[data-behaviour='moto.red_light']")).toContainText("4.000.000");
  await expect(page.getByTestId("chain").locator("li")).toHaveCount(4);
  await expect(page.getByTestId("owner")).toHaveCount(0);
  await shot(page, "case");
  await page.goto(`/cases/${await idOf(page, "cases", "VP-2026-000127")}`);
  await expect(page.getByText("Không đủ điều kiện: hình và biển số không hiện cho ai", { exact: false })).toBeVisible();
  await expect(page.getByText("có giá trị từ 2025-10-01 đến 2026-09-30", { exact: false })).toBeVisible();
  await expect(page.locator("video, .stage img")).toHaveCount(0);
});

test("voiding takes two people: one asks with a reason, a commander who is somebody else confirms", async ({ page, browser }) => {
  await signInAs(page, "signer");
  const id = await idOf(page, "cases", "VP-2026-000137");
  await page.goto(`/cases/${id}`);
  await page.getByText("Hủy vụ này").click();
  await expect(page.getByRole("button", { name: "Đề nghị hủy" })).toBeDisabled();
  await page.getByLabel("Lý do hủy").fill("Xe đi theo biển tạm của đơn vị thi công.");
  await page.getByRole("button", { name: "Đề nghị hủy" }).click();
  await expect(page.getByText("Đã đề nghị hủy, chờ người thứ hai.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Xác nhận hủy" })).toHaveCount(0);
  expect(await post(page, `/cases/${id}/void/confirm`, {})).toMatchObject({ status: 403, body: { code: "same_person" } });
  const other = await (await browser.newContext()).newPage();
  await openAs(other, "signer2", `/cases/${id}`);
  await other.getByText("Hủy vụ này").click();
  await expect(other.getByText("Xe đi theo biển tạm của đơn vị thi công.").first()).toBeVisible();
  await other.getByRole("button", { name: "Xác nhận hủy" }).click();
  await expect(other.locator(".badges")).toContainText("Đã hủy");
  await other.context().close();
});

test("a duplicate is reviewed on its own when a reviewer says so; a commander keeps a case from deletion", async ({ page }) => {
  await signInAs(page, "police3");
  const id = await idOf(page, "cases", "VP-2026-000136");
  await page.goto(`/cases/${id}`);
  await expect(page.getByTestId("duplicate")).toContainText("cách 36 giây");
  await page.getByText("Không phải trùng vụ").click();
  await page.getByLabel("Lý do", { exact: true }).fill("Hai xe khác nhau, cùng màu.");
  await page.getByRole("button", { name: "Duyệt riêng" }).click();
  await expect(page.locator(".badges")).toContainText("Chờ duyệt");
  await openAs(page, "signer", `/cases/${id}`);
  await page.getByText("Giữ lại, không xóa").click();
  await page.getByLabel("Lý do", { exact: true }).fill("Có đơn khiếu nại số 14.");
  await page.getByRole("button", { name: "Giữ lại", exact: true }).click();
  await expect(page.getByTestId("hold")).toContainText("Đang giữ");
  await page.getByRole("button", { name: "Thôi giữ" }).click();
  await expect(page.getByTestId("hold")).toHaveCount(0);
});

test("figures of reviews are the commander's alone, and say what they propose", async ({ page }) => {
  await openAs(page, "signer", "/review/figures");
  await expect(page.locator("[data-row='police2']")).toContainText("15/16");
  await expect(page.locator("[data-row='carry_3plus']").first()).toContainText("0,78");
  await expect(page.locator(".bar-list li").first()).toContainText("Dừng trước hoặc trên vạch");
  await fits(page);
  await shot(page, "review-figures");
  await openAs(page, "police", "/review/figures");
  await expect(page.getByText("Bạn không có quyền xem phần này")).toBeVisible();
});

test("figures of violations are counts and places, with what they cannot know; nobody's plate or name", async ({ page }) => {
  await openAs(page, "ioc", "/violations");
  await expect(page.locator("[data-row='red_light']")).toContainText("431");
  await expect(page.getByTestId("loss")).toContainText("số thật có thể cao hơn");
  await page.getByRole("radio", { name: "Giờ trong ngày" }).or(page.getByRole("button", { name: "Giờ trong ngày" })).click();
  await expect(page).toHaveURL(/group=hour/);
  await expect(page.locator("[data-row='17']")).toBeVisible();
  await expect(page.locator(".violation-chart rect.bar-all")).toHaveCount(24);
  await expect(page.locator("[data-place$='/huong-bac']")).toContainText("Lê Hồng Phong");
  await expect(page.locator("[data-plate]")).toHaveCount(0);
  await expect(page.locator(".violation-chart + section tbody tr").nth(2)).toHaveAttribute("data-row", "2");
  await shot(page, "violations-hours");
});

test("the map puts cameras where they stand, with a scale; its list does the same by keyboard, by kind and by hour", async ({ page }) => {
  await openAs(page, "ioc", "/violations");
  const map = page.getByTestId("map");
  const place = (camera: string) => page.locator(`[data-place$='/${camera}']`);
  // Two of three lie so near to each other that they are one circle, until one looks nearer.
  await expect(map.locator(".spot")).toHaveCount(2);
  await expect(map.locator("[data-count='283']")).toContainText("2 nơi cạnh nhau");
  await expect(page.locator(".places .scale")).toContainText(/\d+ m/);
  await expect(place("ql1")).toContainText("chưa có tọa độ");
  await map.locator("[data-count='283'] circle").click();
  await expect(map.locator("[data-count='175']")).toBeVisible();
  await expect(map.locator("[data-count='108']")).toBeVisible();
  await page.getByRole("button", { name: "Xem tất cả" }).click();
  await expect(map.locator(".spot")).toHaveCount(2);
  await page.getByRole("button", { name: "Gần hơn" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Xem tất cả" }).click();
  // By keyboard: the place opens, says its kinds, and is lit on the map.
  await place("cau-lim").getByRole("button").focus();
  await expect(map.locator(".spot-over")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(place("cau-lim")).toContainText("Vượt đèn đỏ");
  await expect(place("cau-lim")).toContainText(/trong \d+ vụ phát hiện/);
  await shot(page, "violations");
  await page.getByRole("button", { name: "Xem tất cả" }).click();
  await place("huong-nam").getByRole("button").click();
  await expect(map.locator("[data-count='108']")).toBeVisible();
  await page.getByRole("button", { name: "Xem tất cả" }).click();
  await choose(page, page.getByRole("combobox", { name: "Hành vi" }), "Đi sai làn so với mũi tên");
  await expect(page).toHaveURL(/kind=wrong_lane/);
  await expect(place("huong-bac")).toContainText("49");
  // By hour: only over a few days, each of them asked for.
  await expect(page.getByText("Lọc theo giờ: chọn tối đa 7 ngày.")).toBeVisible();
  const day = new Date(Date.now() + 25_200_000).toISOString().slice(0, 10);
  await page.goto(`/violations?from=${day}&to=${day}`);
  await choose(page, page.getByRole("combobox", { name: "Giờ trong ngày" }), "07:00–08:00");
  await expect(page).toHaveURL(/hour=7/);
  await expect(place("huong-bac")).toContainText("8");
  await page.goto("/violations?from=nonsense&to=2019-01-31");
  await expect(page.getByTestId("loss")).toBeVisible();
  await openAs(page, "police", "/violations?group=place");
  await expect(page.getByTestId("map").locator(".spot")).toHaveCount(2);
});

for (const path of ["/cases", "/violations", "/review/figures"]) {
  test(`on a phone ${path} fits the width`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await openAs(page, "signer", path);
    await expect(page.locator(`${rows}, [data-row]`).first()).toBeVisible();
    await fits(page);
  });
}

test("days in the wrong order, and an emptied day, are said instead of zeros", async ({ page }) => {
  await openAs(page, "ioc", "/violations?from=2026-11-20&to=2026-11-01");
  await expect(page.getByText("Ngày đầu sau ngày cuối: chọn lại.")).toBeVisible();
  await expect(page.locator(".tiles")).toHaveCount(0);
  await page.locator(".day-field input").first().fill("");
  await expect(page.getByText("Chọn cả ngày đầu và ngày cuối.")).toBeVisible();
  await expect(page.locator(".day-field input").first()).toHaveValue("");
  await page.locator(".day-field input").first().fill("2026-10-20");
  await expect(page.locator(".tiles")).toBeVisible();
});

test("cases are put in another order, and who may not see plates reads so", async ({ page }) => {
  await openAs(page, "ioc", "/cases?state=confirmed");
  await expect(page.locator(".case-plate [title='Tài khoản này không được xem biển số']").first()).toBeVisible();
  await expect(page.getByText("chưa xác nhận")).toHaveCount(0);
  await page.goto("/cases?sort=score");
  await expect(page.locator(".case-row").first()).toBeVisible();
});
