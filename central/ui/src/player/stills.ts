import type { CaseDetail, CaseMoment } from "../api/case-types";

/** A picture that can be put on the stage: one of a moment, or another that the case brings along. */
export interface Still {
  /** Null where the moment has no picture. */
  sha256: string | null;
  /** What it shows: `word("moment", …)` of a moment, else `word("still", …)`. */
  what: string;
  moment: CaseMoment | null;
}

/** Roles whose pictures must be seen before anybody answers. The plate's stands beside the field in which it is typed. */
const NEEDED = ["overview", "act", "plate"];
const ON_STAGE = ["overview", "act"];

/** Pictures of the moments in their order, then the wide view and acts that belong to no moment. */
export function stillsOf(detail: Pick<CaseDetail, "moments" | "evidence">): Still[] {
  const stills: Still[] = detail.moments.map((moment) => ({ sha256: moment.evidence, what: moment.what, moment }));
  for (const { sha256, role } of detail.evidence) {
    if (ON_STAGE.includes(role) && !stills.some((one) => one.sha256 === sha256)) stills.push({ sha256, what: role, moment: null });
  }
  return stills;
}

/** Pictures that must be seen, each once. */
export const neededPictures = (detail: Pick<CaseDetail, "evidence">): ReadonlySet<string> => new Set(detail.evidence.filter(({ role }) => NEEDED.includes(role)).map(({ sha256 }) => sha256));
