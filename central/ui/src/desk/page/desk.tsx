import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { chooseLanguage } from "../../i18n";
import { toggleTheme } from "../../shell/theme";
import { usePageTitle } from "../../ui/title";
import { pickerKey } from "../acts/reason-picker";
import { useActs } from "../acts/use-acts";
import { desk } from "../api/client";
import { keys } from "../api/queries";
import { CorrectionDialog } from "../dialogs/correction";
import { DetailDialog } from "../dialogs/detail";
import { EmergencyDialog } from "../dialogs/emergency";
import { EntryDialog } from "../dialogs/entry";
import { KeyMapDialog } from "../dialogs/keymap";
import { MusterDialog } from "../dialogs/muster";
import { PaperDialog } from "../dialogs/paper";
import { ShiftDialog } from "../dialogs/shift";
import { useText } from "../i18n";
import { useKeyboard, useKeyLayer } from "../scan/keyboard";
import { usePresent } from "../scan/use-present";
import { type Heard, heardOf, soundFor } from "../sound/choose";
import { player } from "../sound/player";
import { useDesk } from "../state/provider";
import { ConnectionBanner, MusterBanner } from "./banner";
import { CasePanel } from "./case";
import { Header } from "./header";
import { Ladder } from "./ladder";
import { Lanes } from "./lanes";
import { Side, type SideTab } from "./side";
import { type DialogName, Toolbar } from "./toolbar";

/** Plays what the newest state has to say. */
function useSounds(): void {
  const { gate } = useDesk();
  const heard = useRef<{ gate: string; heard: Heard } | null>(null);
  useEffect(() => {
    const before = heard.current?.gate === gate.id ? heard.current.heard : null;
    const sound = soundFor(before, gate);
    heard.current = { gate: gate.id, heard: heardOf(gate) };
    if (sound) player.play(sound);
  }, [gate]);
  useEffect(() => {
    window.addEventListener("pointerdown", player.unlock);
    window.addEventListener("keydown", player.unlock);
    return () => {
      window.removeEventListener("pointerdown", player.unlock);
      window.removeEventListener("keydown", player.unlock);
    };
  }, []);
}

const TABS: Record<string, SideTab> = { q: "queue", e: "expected", i: "inside", r: "recent" };

export function DeskPage() {
  const { t, language } = useText();
  const { gate, lane, session, selectLane } = useDesk();
  const client = useQueryClient();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [detail, setDetail] = useState<string | null>(null);
  const [number, setNumber] = useState<string | null>(null);
  const [tab, setTab] = useState<SideTab>("recent");
  const acts = useActs();
  const open = (name: DialogName) => {
    const supervised = name === "correction" || name === "emergency";
    if (supervised && !session.supervisor) return acts.say({ tone: "info", text: name === "emergency" ? t("emergency.supervisor") : t("keys_row.supervisor") });
    if (name === "entry") setNumber(null);
    setDetail(null);
    setDialog(name);
  };
  const present = usePresent((found) => {
    setNumber(found);
    setDialog("entry");
  });
  const signOut = useMutation({ mutationFn: desk.signOut, onSuccess: () => client.setQueryData(keys.session, null) });
  const done = (text: string) => acts.say({ tone: "done", text });
  usePageTitle(language === "en" ? gate.name_en : gate.name_vi);
  useSounds();
  useKeyboard(present.scan, present.torn);

  const step = (by: number) => {
    const at = gate.lanes.findIndex((each) => each.id === lane?.id);
    const next = gate.lanes[(at + by + gate.lanes.length) % gate.lanes.length];
    if (next) selectLane(next.id);
  };
  const page: Record<string, () => void> = {
    "1": () => acts.decide("admit"), "2": () => acts.decide("deny"), "3": () => acts.decide("wait"), "4": acts.remedy, " ": acts.space,
    F2: acts.open, F8: () => open("shift"), F9: () => open("muster"), n: () => open("entry"), p: () => open("paper"), c: () => open("correction"),
    x: () => open("emergency"), "?": () => open("keys"), s: () => document.getElementById("scan")?.focus(), m: player.toggle, t: toggleTheme,
    l: () => chooseLanguage(language === "vi" ? "en" : "vi"), ArrowLeft: () => step(-1), ArrowRight: () => step(1),
  };
  useKeyLayer((key) => {
    if (document.querySelector('[role="menu"], [role="listbox"]')) return false;
    if (pickerKey(acts, key)) return true;
    if (TABS[key]) setTab(TABS[key]);
    const action = page[key];
    // While a reason is asked for, digits that are no reason and other keys rest; the barrier's do not.
    if (!action || (acts.picking && !/^( |F\d)$/.test(key))) return TABS[key] !== undefined;
    const focused = document.activeElement;
    if (key.startsWith("Arrow") && focused instanceof HTMLElement && focused.closest('[role="tablist"]')) return false;
    action();
    return true;
  });

  return (
    <div className="desk" data-online={useDesk().online}>
      <a className="skip" href="#case">
        {t("app.skip")}
      </a>
      <Header onSignOut={() => signOut.mutate()} onShift={() => open("shift")} onKeys={() => open("keys")} />
      <ConnectionBanner />
      <MusterBanner onOpen={() => open("muster")} />
      <Ladder />
      <main className="desk-main">
        <Lanes />
        <CasePanel acts={acts} present={present} />
        <Side tab={tab} onTab={setTab} onOpen={setDetail} />
      </main>
      <Toolbar open={open} />
      <EntryDialog open={dialog === "entry"} onClose={() => setDialog(null)} present={present} number={number} />
      <ShiftDialog open={dialog === "shift"} onClose={() => setDialog(null)} onDone={(name) => done(t("shift.done", { name }))} />
      <MusterDialog open={dialog === "muster"} onClose={() => setDialog(null)} />
      <PaperDialog open={dialog === "paper"} onClose={() => setDialog(null)} />
      <CorrectionDialog open={dialog === "correction"} onClose={() => setDialog(null)} onDone={done} />
      <EmergencyDialog open={dialog === "emergency"} onClose={() => setDialog(null)} onDone={done} />
      <KeyMapDialog open={dialog === "keys"} onClose={() => setDialog(null)} />
      <DetailDialog access={detail} onClose={() => setDetail(null)} />
    </div>
  );
}
