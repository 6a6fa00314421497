import type { HandlingAction } from "../../api/handling-types";

/** Papers lead from station to station: to draft or to sign one is the usual way on. */
const USUAL = /^(draft|sign)_(notice|minutes|decision)$/;
/** To send something back, to say no, or to correct who is liable is never what is offered first where there is another way. */
const ASIDE = /^(return|reject|withdraw)_/;
const CORRECTS = /^(name_owner|restart_statute|draft_transfer)$/;

/** The one step that is offered before all others; undefined where none is usual. */
export function nextStep(actions: readonly HandlingAction[]): HandlingAction | undefined {
  const open = actions.filter(({ action, allowed, danger }) => allowed && !danger && !ASIDE.test(action));
  return open.find(({ action }) => USUAL.test(action)) ?? open.find(({ action }) => !CORRECTS.test(action)) ?? open[0];
}
