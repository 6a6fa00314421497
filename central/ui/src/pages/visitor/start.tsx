import en from "../../i18n/visitor.en.json";
import vi from "../../i18n/visitor.vi.json";
import { startPublic } from "../public/start";
import { VisitorPage } from "./visitor";

export const start = (root: HTMLElement) => startPublic(root, { vi: { translation: vi }, en: { translation: en } }, "visitor.title", <VisitorPage />);
