/** Shows the OpenAPI description with Swagger UI, so that developers can read and try the API. */

/** @typedef {(options: object) => unknown} SwaggerUIBundle */

const element = document.getElementById("trk-api-docs");
const show = /** @type {SwaggerUIBundle | undefined} */ (Reflect.get(window, "SwaggerUIBundle"));

if (element && show) {
  show({
    domNode: element,
    url: element.dataset.description,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    // A request from this page runs with the reader's session, so without the CSRF token the server rejects it.
    requestInterceptor: (/** @type {{ headers: Record<string, string> }} */ request) => {
      request.headers["X-CSRFToken"] = element.dataset.token ?? "";
      return request;
    },
  });
}
