import { expect, test } from "vitest";
import { canonical, drawnColour, parseEdit, plateLines, platePrinted, plateStyle } from "./plate";

test("a two-line plate breaks where the metal does", () => {
  expect(plateLines("59-P1 664.80", 2)).toEqual(["59-P1", "664.80"]);
  expect(plateLines("30A-123.45", 2)).toEqual(["30A", "123.45"]);
  expect(plateLines("29-MĐ1 123.45", 2)).toEqual(["29-MĐ1", "123.45"]);
  expect(plateLines("80-011-NG-01", 2)).toEqual(["80-011", "NG-01"]);
});

test("military and letters-first plates break after their letters", () => {
  expect(plateLines("KV-69-38", 2)).toEqual(["KV", "69-38"]);
  expect(plateLines("29-NN-001-01", 2)).toEqual(["29-NN", "001-01"]);
});

test("a colour is drawn only when it was rather seen than not", () => {
  expect(drawnColour({ value: "yellow", score: 0.9 })).toBe("yellow");
  expect(drawnColour({ value: "yellow", score: 0.4 })).toBeNull();
  expect(drawnColour(null)).toBeNull();
  expect(plateStyle("car", drawnColour({ value: "yellow", score: 0.9 }))).toBe("yellow");
  expect(plateStyle("economic_zone", "yellow")).toBe("economic");
  expect(plateStyle("military", "white")).toBe("red");
});

test("a one-line plate and an odd text stay whole", () => {
  expect(plateLines("30A-123.45", 1)).toEqual(["30A-123.45"]);
  expect(plateLines("30A12345", 2)).toEqual(["30A12345"]);
  expect(plateLines(" 51LD-123.45 ", null)).toEqual(["51LD-123.45"]);
});

test("each kind of plate has its own colours, the unknown is white", () => {
  expect(plateStyle("car")).toBe("white");
  expect(plateStyle("military")).toBe("red");
  expect(plateStyle("blue_car")).toBe("blue");
  expect(plateStyle("car", "yellow")).toBe("yellow");
  expect(plateStyle("economic_zone")).toBe("economic");
  expect(plateStyle("diplomatic")).toBe("diplomatic");
  expect(plateStyle(null)).toBe("white");
});

test("an edit is told with a position that people count from one", () => {
  expect(parseEdit("2:0→D")).toEqual({ position: 3, from: "0", to: "D" });
  expect(parseEdit("joined")).toBeNull();
});

test("a typed plate is compared without dashes, dots, case or Đ", () => {
  expect(canonical("29-mđ1 123.45")).toBe("29MD112345");
  expect(canonical("59-p1 664.80")).toBe("59P166480");
});

test("a typed plate is written as it is printed", () => {
  expect(platePrinted("14A27182")).toBe("14A-271.82");
  expect(platePrinted("14a-271.82")).toBe("14A-271.82");
  expect(platePrinted("51LD12345")).toBe("51LD-123.45");
  expect(platePrinted("35G144207")).toBe("35-G1 442.07");
  expect(platePrinted("29X11234", "car")).toBe("29X-112.34");
  expect(platePrinted("29X11234", "motorcycle")).toBe("29-X1 1234");
  expect(platePrinted("KV6938")).toBe("KV6938");
});
