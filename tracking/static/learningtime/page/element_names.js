/** @type {NameOf} */
export const nameOf = (element, like) => {
  const { track = "" } = element.dataset ?? {};
  if (track || element.id) return (track || element.id).slice(0, 80);
  return `${like.split(",")[0]} ${[...document.querySelectorAll(like)].indexOf(element) + 1}`;
};
