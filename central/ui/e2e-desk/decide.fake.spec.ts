import { expect, test } from "@playwright/test";
import { CARD, freshGate, open, reading, recorded, scan, SEEN_MS, step } from "./support";

freshGate();

test("a listed vehicle is admitted: plate, word, reason, card and sound", async ({ page }) => {
  await open(page);
  await step(page, "listed");
  const block = await reading(page, "admit");
  await expect(block.locator("[data-plate='35C-123.45']")).toBeVisible();
  await expect(block).toContainText("Cho vào");
  await expect(block).toContainText("Có trong danh sách cho phép");
  await expect(page.locator(".card")).toContainText("Cty TNHH May A");
  await expect(page.locator("[data-last-sound]")).toHaveAttribute("data-last-sound", /:admit$/);
  await expect(page.getByTestId("announce")).toHaveText("35C-123.45: Cho vào. Có trong danh sách cho phép.");
});

test("the first key lets the browser give sound, and muting is remembered", async ({ page }) => {
  await open(page);
  await expect(page.locator("[data-sound]")).toHaveAttribute("data-sound", "on");
  await page.keyboard.press("m");
  await expect(page.locator("[data-sound]")).toHaveAttribute("data-sound", "muted");
  await page.reload();
  await expect(page.locator("[data-sound]")).toHaveAttribute("data-sound", "muted");
});

test("agreeing with the machine takes one key and no reason", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await page.keyboard.press("2");
  await expect(page.getByText("Đã ghi: Từ chối · 30K-888.88")).toBeVisible();
  const [act] = await recorded(page, "/act");
  expect(act.body).toMatchObject({ act: "deny", reason: "as_answered" });
});

test("going against the machine takes a reason, two keys in all, and is marked for good", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await page.keyboard.press("1");
  await expect(page.getByRole("group", { name: "Vì sao Cho vào?" })).toBeVisible();
  expect(await recorded(page, "/act")).toEqual([]);
  await page.keyboard.press("2");
  await expect(await reading(page, "admit")).toContainText("Máy: Từ chối. an đã đổi thành Cho vào.");
  const [act] = await recorded(page, "/act");
  expect(act).toMatchObject({ user: "an", body: { act: "admit", reason: "known_here" } });
  await step(page, "leave");
  const row = page.locator("[data-row]").filter({ hasText: "30K-888.88" });
  await expect(row).toHaveAttribute("data-override", "true");
  await expect(row).toContainText("người trực đổi");
});

test("Enter takes the first reason and Escape takes none", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await page.keyboard.press("3");
  await page.keyboard.press("Escape");
  await expect(page.locator(".picker")).toHaveCount(0);
  expect(await recorded(page, "/act")).toEqual([]);
  await page.keyboard.press("3");
  await expect(page.locator(".picker")).toBeVisible();
  await page.keyboard.press("Enter");
  await reading(page, "wait");
  expect((await recorded(page, "/act"))[0].body).toMatchObject({ act: "wait", reason: "check_papers" });
});

test("the reason 'other' asks for words and sends them", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await page.keyboard.press("1");
  await page.keyboard.press("6");
  const note = page.getByRole("textbox", { name: "Ghi thêm (không bắt buộc)" });
  await expect(note).toBeFocused();
  expect(await recorded(page, "/act")).toEqual([]);
  await page.keyboard.type("Khách của giám đốc");
  await page.keyboard.press("Enter");
  await reading(page, "admit");
  expect((await recorded(page, "/act"))[0].body).toMatchObject({ reason: "other", note: "Khách của giám đốc" });
});

test("a case that goes while its reason is chosen decides nothing for the next one", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await step(page, "motorcycle");
  await reading(page, "deny");
  await page.keyboard.press("1");
  await expect(page.locator(".picker")).toBeVisible();
  await step(page, "leave");
  await expect(page.getByText("Lượt trước đã đi. Chưa ghi gì cho lượt mới.")).toBeVisible();
  await expect(page.locator(".reading [data-plate='59-P1 664.80']")).toBeVisible();
  expect(await recorded(page, "/act")).toEqual([]);
});

test("a key meant for the last case does not meet the next one", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await step(page, "motorcycle");
  await reading(page, "deny");
  await page.evaluate(async () => {
    await fetch("/fake/step", { method: "POST", body: JSON.stringify({ name: "leave" }) });
    const end = performance.now() + 2_000;
    while (!document.querySelector(".reading [data-plate='59-P1 664.80']") && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true, cancelable: true }));
  });
  await expect(page.getByText("Lượt vừa đổi, xem rồi bấm lại.")).toBeVisible();
  expect(await recorded(page, "/act")).toEqual([]);
});

test("a possible match says to check papers and nothing else; key 4 and what was seen let it pass", async ({ page }) => {
  await open(page);
  await step(page, "papers");
  const block = await reading(page, "wait");
  await expect(block).toContainText("Mời kiểm tra giấy tờ");
  await expect(page.locator("body")).not.toContainText("SECRET");
  await page.keyboard.press("4");
  await expect(page.getByRole("group", { name: "Vì sao Giấy tờ hợp lệ?" })).toBeVisible();
  await page.keyboard.press("3");
  await reading(page, "admit");
  expect((await recorded(page, "/act"))[0].body).toMatchObject({ act: "papers_checked", reason: "vehicle_papers_seen" });
});

test("Space holds the barrier and releases it, also after a button was clicked", async ({ page }) => {
  await open(page);
  await step(page, "listed");
  await reading(page, "admit");
  await page.locator("[data-tab='inside']").click();
  await page.keyboard.press("Space");
  await expect(page.locator("[data-barrier='held']")).toBeVisible();
  await page.keyboard.press("Space");
  await expect(page.locator("[data-barrier='closed']")).toBeVisible();
  expect((await recorded(page, "/act")).map(({ body }) => [body.act, body.reason])).toEqual([["hold", "convoy"], ["release", "over"]]);
});

test("F2 opens the barrier with a reason, though nobody waits", async ({ page }) => {
  await open(page);
  await page.keyboard.press("F2");
  await expect(page.getByRole("group", { name: "Vì sao Mở rào?" })).toBeVisible();
  await page.keyboard.press("2");
  await expect(page.getByText("Đã ghi: Mở rào")).toBeVisible();
  expect((await recorded(page, "/act"))[0].body).toEqual({ act: "open", reason: "delivery" });
});

test("a card scanned by a reader completes the waiting driver; its digits press no key", async ({ page }) => {
  await open(page);
  await step(page, "driver");
  await expect(page.locator("[data-lane='lan-2']")).toHaveAttribute("data-selected", "true");
  await reading(page, "wait");
  await scan(page, CARD);
  await expect(await reading(page, "admit")).toContainText("35C-001.12");
  await expect(page.locator(".card")).toContainText("Căn cước · Nguyễn V. M. · Khớp cơ sở dữ liệu dân cư");
  expect((await recorded(page, "/present"))[0].body).toEqual({ shown: "card", text: CARD });
  expect(await recorded(page, "/act")).toEqual([]);
});

test("keys typed by a real keyboard in a burst are one scan too", async ({ page }) => {
  await open(page);
  // A busy machine may tear the burst before the browser sees it: what counts is that a whole one is a scan.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await page.waitForTimeout(500);
    await page.keyboard.type("KpAb12Cd34Ef56");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
    expect((await recorded(page, "/present")).at(-1)?.body).toEqual({ shown: "pass", text: "KpAb12Cd34Ef56" });
  }).toPass({ timeout: 40_000 });
  expect(await recorded(page, "/act")).toEqual([]);
});

test("a card that is no card is refused in words, and an unknown pass can be tried as VNeID", async ({ page }) => {
  await open(page);
  await scan(page, "037090|Nguyễn Văn Mẫu");
  await expect(page.getByText("Không nhận: số căn cước phải có 12 chữ số")).toBeVisible();
  await scan(page, "zz-unknown-code");
  await expect(page.getByText("Không nhận: không nhận ra thẻ này")).toBeVisible();
  await page.getByRole("button", { name: "VNeID", exact: true }).click();
  await expect(page.locator(".reading")).toContainText("Trần T. H.");
});

test("a refusal of the desk is told: the case has gone", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  await page.route("**/act", (route) => route.fulfill({ status: 409, contentType: "application/problem+json", body: JSON.stringify({ code: "nothing_waiting", detail: "gone" }) }));
  await page.keyboard.press("2");
  await expect(page.getByText("Chưa thực hiện: lượt này không còn ở làn")).toBeVisible();
});

test("the lane on watch stays while somebody stands there; another that waits calls, and an arrow goes to it", async ({ page }) => {
  await open(page);
  await step(page, "listed");
  await reading(page, "admit");
  await step(page, "driver");
  await expect(page.locator("[data-lane='lan-1']")).toHaveAttribute("data-selected", "true");
  await expect(page.locator("[data-lane='lan-2']")).toContainText("cần xem");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("[data-lane='lan-2']")).toHaveAttribute("data-selected", "true");
  await expect(page.locator(".reading")).toContainText("35C-001.12");
});

test("three that wait behind stand in the queue in their order", async ({ page }) => {
  await open(page);
  await step(page, "listed");
  await step(page, "queue3");
  await page.keyboard.press("q");
  await expect(page.locator(".side-panel:visible [data-row] [data-plate]")).toHaveText(["35A-100.01", "35A-100.02", "35A-100.03"]);
  await expect(page.locator("[data-tab='queue'] b")).toHaveText("3");
});

test("boxes of the current case are drawn over the picture in the verdict's colour", async ({ page }) => {
  await open(page);
  await step(page, "unknown");
  await reading(page, "deny");
  const canvas = page.locator("[data-lane='lan-1'] canvas");
  await expect(canvas).toHaveAttribute("data-boxes", "1");
  await page.waitForTimeout(SEEN_MS);
  const red = await canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext("2d")!.getImageData(0, 0, element.width, element.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at] > 240 && Math.abs(data[at + 1] - 90) < 12 && Math.abs(data[at + 2] - 95) < 12) count += 1;
    return count;
  });
  expect(red).toBeGreaterThan(500);
});
