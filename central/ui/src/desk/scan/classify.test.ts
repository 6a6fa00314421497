import { expect, test } from "vitest";
import { classifyScan } from "./classify";

const shown = (text: string) => {
  const scan = classifyScan(text);
  return scan.kind === "present" ? scan.request : scan;
};

test("each kind of code is known by its form", () => {
  const card = "037090001234||Nguyễn Văn Mẫu|15081990|Nam|Ninh Bình|10052021";
  expect(shown(`\uFEFF${card}\r`)).toEqual({ shown: "card", text: card });
  expect(shown("037090001234")).toEqual({ kind: "number", number: "037090001234" });
  expect(shown("vneid-0f3a")).toEqual({ shown: "vneid", token: "vneid-0f3a" });
  expect(shown("VE-84512231")).toEqual({ shown: "ticket", code: "VE-84512231" });
  expect(shown("482913")).toEqual({ shown: "pin", pin: "482913" });
  expect(shown("35A-123.45")).toEqual({ shown: "plate", text: "35A-123.45" });
  expect(shown("59-P1 664.80")).toEqual({ shown: "plate", text: "59-P1 664.80" });
  expect(shown("Kp7xQ2_vR-19bXw0aa")).toEqual({ shown: "pass", text: "Kp7xQ2_vR-19bXw0aa" });
});

test("a name in another Unicode form is composed", () => {
  expect(shown("1|".normalize("NFD") + "Nữ".normalize("NFD"))).toEqual({ shown: "card", text: "1|Nữ" });
});
