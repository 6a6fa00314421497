import "../../styles/citizen.css";
import en from "../../i18n/verification.en.json";
import vi from "../../i18n/verification.vi.json";
import { startPublic } from "../public/start";
import { VerificationPage } from "./verification";

export const start = (root: HTMLElement) => startPublic(root, { vi: { translation: vi }, en: { translation: en } }, "paper.title", <VerificationPage />);
