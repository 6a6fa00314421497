import "../../styles/citizen.css";
import en from "../../i18n/citizen.en.json";
import vi from "../../i18n/citizen.vi.json";
import { startPublic } from "../public/start";
import { CitizenPage } from "./citizen";

export const start = (root: HTMLElement) => startPublic(root, { vi: { translation: vi }, en: { translation: en } }, "citizen.title", <CitizenPage />);
