/** A page of the documentation that the program writes. */
export interface Page {
  /** Relative to the project. */
  readonly file: string;
  readonly content: string;
  /** `configuration`: names applications or values of the organisation, so each user's own page differs. */
  readonly from: "program" | "configuration";
}
