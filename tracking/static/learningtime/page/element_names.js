/** @type {NameOf} */
export const nameOf = (element, selector) => {
  const { track = "" } = element.dataset ?? {};
  if (track || element.id) return (track || element.id).slice(0, 80);
  return `${selector.split(",")[0]} ${[...document.querySelectorAll(selector)].indexOf(element) + 1}`;
};
