import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startI18n } from "../i18n";
import { Picture } from "./picture";

beforeAll(startI18n);
afterEach(cleanup);

test("a picture that the device lost is told as lost, and never asked for", () => {
  const { container } = render(<Picture sha256="aa" size={null} alt="" lost />);
  expect(screen.getByText("Hình đã mất trên thiết bị")).toBeTruthy();
  expect(container.querySelector("img")).toBeNull();
});

test("a picture that does not load is told apart from one that was lost", () => {
  render(<Picture sha256="aa" size={null} alt="Toàn cảnh" />);
  fireEvent.error(screen.getByRole("img"));
  expect(screen.getByText("Không tải được hình")).toBeTruthy();
});
