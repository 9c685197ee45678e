import { nameOf } from "./element_names.js";

/** @type {Forms} */
export const forms = (on, add) => {
  /** @type {Map<HTMLFormElement, { name: string, is_quiz: boolean }>} */
  const begun = new Map();
  on("input change", ({ target, isTrusted }) => {
    const form = target.form;
    if (!isTrusted || !form || begun.has(form) || begun.size > 20) return;
    const told = { name: nameOf(form, "form"), is_quiz: "trackQuiz" in form.dataset };
    begun.set(form, told);
    add("form.started", told);
  });
  on("submit", ({ target, isTrusted }) => {
    const told = begun.get(target) ?? {
      name: nameOf(target, "form"),
      is_quiz: "trackQuiz" in target.dataset,
    };
    begun.delete(target);
    if (isTrusted) add("form.submitted", told);
  });
  return () => {
    for (const told of begun.values()) add("form.abandoned", told);
    begun.clear();
  };
};
