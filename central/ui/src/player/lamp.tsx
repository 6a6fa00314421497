import { Circle, CircleHelp, CircleOff, CircleStop, type LucideIcon, TriangleAlert } from "lucide-react";
import type { Lamp } from "../api/case-types";
import { useWord } from "../ui/words";

const ICONS: Record<Lamp, LucideIcon> = { red: CircleStop, yellow: TriangleAlert, green: Circle, off: CircleOff, unknown: CircleHelp };

/** What a signal shows: its colour, a sign of its own and the word. */
export function LampWord({ state, flashing }: { state: Lamp; flashing?: boolean }) {
  const word = useWord();
  const Icon = ICONS[state] ?? CircleHelp;
  return (
    <span className={`lamp lamp-${state}`} data-lamp={state}>
      <Icon aria-hidden="true" />
      {word("lamp", flashing ? `${state}_flashing` : state)}
    </span>
  );
}
