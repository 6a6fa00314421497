import { expect, test } from "vitest";
import type { HandlingAction } from "../../api/handling-types";
import { nextStep } from "./next";

const step = (action: string, allowed = true, danger = false) => ({ action, allowed, danger }) as HandlingAction;

test("with an owner found the notice is offered first, not the correction of the owner", () => {
  expect(nextStep([step("name_owner"), step("draft_notice"), step("draft_transfer"), step("ask_void", true, true)])?.action).toBe("draft_notice");
  expect(nextStep([step("name_owner"), step("accept_owner"), step("draft_notice", false)])?.action).toBe("accept_owner");
  expect(nextStep([step("name_owner")])?.action).toBe("name_owner");
});

test("sending back, saying no and what cannot be undone are never offered first", () => {
  expect(nextStep([step("return_notice"), step("sign_notice")])?.action).toBe("sign_notice");
  expect(nextStep([step("return_notice"), step("ask_void", true, true)])).toBeUndefined();
});
