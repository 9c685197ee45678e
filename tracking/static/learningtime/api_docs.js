/** Shows the description of the API, so that it can be read and tried out. */

/** @typedef {(options: object) => unknown} SwaggerUIBundle */

const place = document.getElementById("trk-api-docs");
const show = /** @type {SwaggerUIBundle | undefined} */ (Reflect.get(window, "SwaggerUIBundle"));

if (place && show) {
  show({
    domNode: place,
    url: place.dataset.description,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    // Tried out on this site by whoever is logged in, as a page of the site would: with its token against forgery.
    requestInterceptor: (/** @type {{ headers: Record<string, string> }} */ request) => {
      request.headers["X-CSRFToken"] = place.dataset.token ?? "";
      return request;
    },
  });
}
