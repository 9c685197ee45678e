import { nameOf } from "./element_names.js";

/** @type {Forms} */
export const forms = (on, add) => {
  /** @type {Map<HTMLFormElement, { name: string, is_quiz: boolean }>} */
  const started = new Map();
  on("input change", ({ target, isTrusted }) => {
    const form = target.form;
    if (!isTrusted || !form || started.has(form) || started.size > 20) return;
    const payload = { name: nameOf(form, "form"), is_quiz: "trackQuiz" in form.dataset };
    started.set(form, payload);
    add("form.started", payload);
  });
  on("submit", ({ target, isTrusted }) => {
    const payload = started.get(target) ?? {
      name: nameOf(target, "form"),
      is_quiz: "trackQuiz" in target.dataset,
    };
    started.delete(target);
    if (isTrusted) add("form.submitted", payload);
  });
  return () => {
    for (const payload of started.values()) add("form.abandoned", payload);
    started.clear();
  };
};
