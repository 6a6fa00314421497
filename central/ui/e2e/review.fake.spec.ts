import { type Page, expect, test } from "@playwright/test";
import { type Account, fits, idOf, openAs, post, shot, signInAs } from "./desk";

const queue = (page: Page) => page.locator("[data-list='queue'] [data-item]");
const current = (page: Page) => page.locator("[data-list='queue'] [aria-current='true']");
const frame = async (page: Page) => Number(await page.getByTestId("frame-now").getAttribute("data-frame"));
const approve = (page: Page) => page.getByTestId("approve");

/** Opens the desk with one case on it and its clip ready. */
async function desk(page: Page, user: Account, number: string) {
  await signInAs(page, user);
  await page.goto(`/review?case=${await idOf(page, "cases", number)}`);
  await expect(page.locator(".case-number")).toHaveText(number);
}
const ready = (page: Page) => expect(page.getByTestId("timeline")).toBeVisible();

/** Every picture on the stage, by its key, long enough to count. */
async function lookAtPictures(page: Page) {
  const moments = page.locator(".moment");
  for (let at = 0; at < (await moments.count()); at += 1) {
    await page.keyboard.press(String(at + 1));
    await expect(moments.nth(at)).toHaveAttribute("aria-pressed", "true");
    await expect(moments.nth(at).locator(".moment-seen")).toBeVisible();
  }
}

test("a case is taken, stepped through, played, read and approved with the keyboard alone", async ({ page }) => {
  await openAs(page, "police", "/review");
  await expect(queue(page).first()).toBeVisible();
  await expect(current(page)).toHaveAttribute("data-number", "VP-2026-000119");
  const second = (await queue(page).nth(1).getAttribute("data-number")) ?? "";
  await page.keyboard.press("j");
  await expect(current(page)).toHaveAttribute("data-number", second);
  await page.keyboard.press("k");
  await expect(page.locator(".case-number")).toHaveText("VP-2026-000119");
  await ready(page);

  // Frame by frame: each step is exactly one.
  const start = await frame(page);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => frame(page)).toBe(start + 1);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => frame(page)).toBe(start + 2);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => frame(page)).toBe(start + 1);

  // Nothing can be decided before the act was played: the keys say what is missing, and central refuses as well.
  await page.keyboard.press("a");
  await expect(page.getByTestId("missing")).toContainText("giây clip");
  await expect(page.getByTestId("missing")).toContainText("gõ biển số");
  await expect(page.getByTestId("sure")).toHaveCount(0);
  await page.keyboard.press("r");
  await expect(page.getByTestId("reasons")).toHaveCount(0);
  await expect(page.getByTestId("missing")).not.toContainText("gõ biển số");
  const id = await idOf(page, "cases", "VP-2026-000119");
  await post(page, `/cases/${id}/claim`, {});
  expect((await post(page, `/cases/${id}/played`, { ms: 60_000, pictures: [] })).body).toMatchObject({ needed_ms: 10_000, pictures_needed: 5, pictures_seen: 0 });
  expect(await post(page, `/cases/${id}/review`, { decision: "approve", round: 1 })).toMatchObject({ status: 409, body: { code: "not_played" } });

  await page.keyboard.press(" ");
  await expect(page.getByRole("button", { name: "Dừng", exact: true })).toBeVisible();
  await shot(page, "review-playing");
  // The owner is a secret until the plate is typed, and so is what the machine read.
  await expect(page.getByTestId("owner-hidden")).toBeVisible();
  await expect(page.getByTestId("plate-confirmed")).toHaveCount(0);
  await expect(page.getByText("35-N1 360.55")).toHaveCount(0);
  await page.keyboard.press("p");
  await page.keyboard.type("35n1 36056");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Khác với máy đọc.", { exact: false })).toBeVisible();
  await expect(page.getByTestId("owner-hidden")).toBeVisible();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("35n136055");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("owner")).toContainText("Nguyễn Văn Mẫu");
  await expect(page.getByTestId("plate-confirmed")).toContainText("Trùng với máy đọc.");
  await page.keyboard.press("Escape");
  // The clip runs to its end by itself.
  await expect.poll(() => frame(page), { timeout: 15_000 }).toBeGreaterThanOrEqual(118);
  await lookAtPictures(page);
  await expect(approve(page)).toHaveAttribute("aria-disabled", "false", { timeout: 15_000 });
  await shot(page, "review-ready");
  await page.keyboard.press("a");
  await expect(page.getByTestId("sure")).toContainText("7.7.c");
  await page.keyboard.press("a");
  await expect(page.getByTestId("done")).toContainText("Đã duyệt VP-2026-000119");
  // Serious: a second person looks, and it is not this one again.
  await expect(page.locator(".case-number")).not.toHaveText("VP-2026-000119");
  const after = (await (await page.request.get(`/api/v1/cases/${id}`)).json()) as { state: string; review: { why_not: string } };
  expect(after).toMatchObject({ state: "review_2", review: { why_not: "own_first_review" }, earlier_answers: null });
});

test("a second reviewer is shown nothing of the first answer, in the page or in what central sends", async ({ page }) => {
  await signInAs(page, "police2");
  const id = await idOf(page, "cases", "VP-2026-000120");
  const sent = page.waitForResponse((response) => response.url().endsWith(`/api/v1/cases/${id}`));
  await page.goto(`/review?case=${id}`);
  const text = await (await sent).text();
  await expect(page.getByTestId("blind")).toContainText("Duyệt độc lập lần 2");
  // The device's papers name who was trained: no word about this case.
  const { device: _, ...about } = JSON.parse(text) as object & { device: unknown };
  const detail = about as { blind: boolean; earlier_answers: unknown; reading: unknown; owner: unknown; plate_display: unknown; log: { actor: string }[] };
  expect(detail).toMatchObject({ blind: true, earlier_answers: null, reading: null, owner: null, plate_display: null });
  expect(detail.log.every(({ actor }) => actor === "system")).toBe(true);
  expect(JSON.stringify(about)).not.toContain('"police"');
  expect(text).not.toContain("29F211842");
  await expect(page.getByTestId("earlier")).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText("Lê Thị Cảnh");
  await shot(page, "review-blind");
});

test("leaving a case to a senior takes a reason in words; the senior sees all answers once the case is theirs", async ({ page, browser }) => {
  await desk(page, "police", "VP-2026-000139");
  await ready(page);
  await page.keyboard.press("e");
  await expect(page.getByRole("button", { name: /Chuyển/ }).last()).toBeDisabled();
  await page.keyboard.type("Người này có giấy mời dự diễn tập, tôi không chắc.");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("done")).toContainText("lên cấp trên");
  const senior = await (await browser.newContext()).newPage();
  await desk(senior, "police3", "VP-2026-000128");
  await ready(senior);
  await expect(senior.getByTestId("blind")).toContainText("Các kết quả trước hiện khi bạn nhận vụ.");
  await expect(senior.getByTestId("earlier")).toHaveCount(0);
  await senior.keyboard.press("c");
  await expect(senior.getByTestId("earlier")).toContainText("Dừng trước hoặc trên vạch");
  await expect(senior.getByTestId("earlier")).toContainText("Bánh sau chưa qua vạch ở hình 2.");
  await expect(senior.getByRole("button", { name: /Cấp trên/ })).toBeDisabled();
  await shot(senior, "review-senior");
  await senior.context().close();
});

test("a plate that contradicts the reading is typed twice before it counts; one that cannot be issued is refused", async ({ page }) => {
  await desk(page, "police", "VP-2026-000131");
  await ready(page);
  const field = page.locator(".plate-input");
  await field.fill("ABC");
  await field.press("Enter");
  await expect(page.getByText("Không phải biển số Việt Nam hợp lệ.", { exact: false })).toBeVisible();
  for (const press of [1, 2]) {
    await field.fill("35G144209");
    await field.press("Enter");
    if (press === 1) await expect(page.getByText("Khác với máy đọc.", { exact: false })).toBeVisible();
  }
  await expect(page.getByTestId("plate-confirmed")).toContainText("Máy đọc khác: 35-G1 442.07");
  await expect(page.getByTestId("owner")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("u");
  await expect(page.getByTestId("claim")).toContainText("Vụ được giữ cho bạn khi bạn bắt đầu xem.");
});

test("a lost clip is said so and its pictures count instead; a rejection is one key and a number, with a note where it needs one", async ({ page }) => {
  await desk(page, "police", "VP-2026-000122");
  await expect(page.getByTestId("clip-note")).toContainText("không còn trên trung tâm");
  await expect(page.locator(".stage-still img")).toBeVisible();
  await lookAtPictures(page);
  const id = await idOf(page, "cases", "VP-2026-000122");
  const played = async () => ((await (await page.request.get(`/api/v1/cases/${id}`)).json()) as { review: { played: object } }).review.played;
  await expect.poll(played, { timeout: 25_000 }).toEqual({ needed_ms: 10_000, seen_ms: expect.any(Number), pictures_needed: 5, pictures_seen: 5 });
  await expect(approve(page)).not.toContainText("giây clip", { timeout: 25_000 });
  await expect(approve(page)).toContainText("gõ biển số");
  await page.keyboard.press("r");
  await expect(page.getByTestId("reasons").locator("[data-reason]")).toHaveCount(19);
  await shot(page, "review-reasons");
  await page.keyboard.press("5");
  await expect(page.getByText("Ghi rõ cho “Theo hiệu lệnh người điều khiển giao thông”")).toBeVisible();
  await expect(page.getByTestId("reasons").getByRole("button", { name: /^Từ chối/ })).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await expect(page.getByTestId("done")).toContainText("Đã từ chối VP-2026-000122");
  // Serious: a first no goes to a second person as a first yes does.
  expect(await (await page.request.get(`/api/v1/cases/${id}`)).json()).toMatchObject({ state: "review_2", earlier_answers: null, review: { why_not: "own_first_review" } });
});

test("a clip that the browser refuses is offered as a file, and the case is decided from its pictures, looked at as long as the clip lasts", async ({ page }) => {
  await desk(page, "police2", "VP-2026-000123");
  const note = page.getByTestId("clip-note");
  await expect(note).toContainText("Trình duyệt này không phát được H.265: tải clip về để xem");
  await expect(note).toContainText("Nhìn đủ các hình, đủ 10 giây, thì vẫn kết luận được.");
  const [download] = await Promise.all([page.waitForEvent("download"), note.getByRole("link", { name: "Tải clip" }).click()]);
  expect(download.suggestedFilename()).toBe("VP-2026-000123.mp4");
  // No player that does nothing: no play button, no timeline; the first moment stands on the stage.
  await expect(page.getByRole("button", { name: "Chạy", exact: true })).toHaveCount(0);
  await expect(page.locator(".stage-still img")).toBeVisible();
  await expect(approve(page)).toContainText("nhìn hình thêm");
  await expect(approve(page)).not.toContainText("clip");
  await lookAtPictures(page);
  await shot(page, "review-h265");
  await page.keyboard.press("a");
  await expect(page.getByTestId("sure")).toHaveCount(0);
  await page.keyboard.press("p");
  await page.keyboard.type("90B177130");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("registered")).toContainText("Honda Wave Alpha · xe mô tô · xanh dương");
  await expect(approve(page)).toContainText(/Sẵn sàng|đủ/i, { timeout: 25_000 });
  await page.keyboard.press("Escape");
  await page.keyboard.press("a");
  await expect(page.getByTestId("sure")).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByTestId("done")).toContainText("VP-2026-000123");
  const id = await idOf(page, "cases", "VP-2026-000123");
  expect(await (await page.request.get(`/api/v1/cases/${id}`)).json()).toMatchObject({ state: "review_2" });
});

test("warnings stand before everything else, and a vehicle without a plate is confirmed as such", async ({ page }) => {
  await desk(page, "police2", "VP-2026-000125");
  await expect(page.getByTestId("clone")).toContainText("cách 61 km");
  await expect(page.getByTestId("clone").getByRole("link")).toHaveCount(0);
  await desk(page, "police2", "VP-2026-000124");
  await expect(page.getByText("Có thể là xe ưu tiên.")).toBeVisible();
  await desk(page, "police2", "VP-2026-000130");
  await page.getByRole("button", { name: "Xe không có biển" }).click();
  await expect(page.getByText("Đã xác nhận: xe không có biển.")).toBeVisible();
});

test("a case that somebody holds is not taken, and what was typed stays", async ({ page, browser }) => {
  await desk(page, "police", "VP-2026-000132");
  await page.keyboard.press("c");
  await expect(page.getByTestId("claim")).toContainText("Bạn giữ vụ này đến");
  const other = await (await browser.newContext()).newPage();
  await desk(other, "police2", "VP-2026-000132");
  await other.keyboard.press("p");
  await other.keyboard.type("35H193022");
  await other.keyboard.press("Enter");
  await expect(other.getByTestId("claim-not")).toContainText("Chưa tới lượt bạn");
  await expect(other.getByRole("button", { name: /Nhận (vụ|lại)/ })).toHaveCount(0);
  await expect(other.getByTestId("queue-why").first()).toContainText("Chưa tới lượt bạn");
  await expect(other.getByTestId("owner-hidden")).toBeVisible();
  await expect(other.locator(".plate-input")).toHaveValue("35H193022");
  await other.reload();
  await expect(other.locator(".plate-input")).toHaveValue("35H193022");
  await other.context().close();
});

test("the desk fits a laptop and a phone, in the dark and in English", async ({ page }) => {
  await desk(page, "police3", "VP-2026-000121");
  await ready(page);
  await fits(page);
  await page.keyboard.press("g");
  await page.keyboard.press("v");
  await expect(page.getByRole("button", { name: /Approve/ })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await shot(page, "review-dark");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, "review-phone");
});

test("after a click in the queue the keys are the desk's, and a click on the film plays and pauses it", async ({ page }) => {
  await openAs(page, "police3", "/review");
  await queue(page).nth(1).click();
  await expect(current(page)).toHaveAttribute("data-number", (await queue(page).nth(1).getAttribute("data-number")) ?? "");
  await ready(page);
  const playing = () => page.locator(".stage-box video").evaluate((video) => !(video as HTMLVideoElement).paused);
  await page.keyboard.press(" ");
  await expect.poll(playing).toBe(true);
  await page.keyboard.press(" ");
  await expect.poll(playing).toBe(false);
  await page.locator(".stage-box").click();
  await expect.poll(playing).toBe(true);
  await page.locator(".stage-box").click();
  await expect.poll(playing).toBe(false);
  const reject = page.getByTestId("reject");
  await expect(reject).toHaveAttribute("aria-disabled", "true");
  await expect(reject).toContainText(/giây clip|hình/);
  await page.keyboard.press("r");
  await expect(page.getByTestId("missing")).not.toContainText("gõ biển số");
  await expect(page.getByTestId("reasons")).toHaveCount(0);
  await shot(page, "review-reject-lacks");
});

test("the desk refuses plainly who does not review", async ({ page }) => {
  await openAs(page, "ioc", "/review");
  await expect(page.getByText("Bạn không có quyền xem phần này")).toBeVisible();
  await expect(page.getByTestId("decision")).toHaveCount(0);
});
