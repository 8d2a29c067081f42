#include "app/serve/openapi.hpp"

#include <nlohmann/json.hpp>

#include "app/serve/caption_query.hpp"

namespace saccade::app {
namespace {

using nlohmann::ordered_json;

ordered_json schema(const char* type) {
  return {{"type", type}};
}

ordered_json list_of(ordered_json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

ordered_json object_of(const ordered_json& properties) {
  ordered_json required = ordered_json::array();
  for (const auto& [name, value] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", properties}, {"required", required}};
}

ordered_json reference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

ordered_json answer(const char* description, const char* type, ordered_json of) {
  return {{"description", description}, {"content", {{type, {{"schema", std::move(of)}}}}}};
}

ordered_json error(const char* description) {
  return answer(description, "application/json", reference("Error"));
}

/// Adds the responses of every path.
ordered_json with_common(ordered_json responses) {
  responses["400"] = error("The request or one of its options is malformed.");
  responses["403"] = error("The Host header or the Origin is not one of this server's.");
  return responses;
}

ordered_json caption_schema() {
  auto object = object_of(
      {{"path", schema("string")},
       {"rank", schema("integer")},
       {"caption", schema("string")},
       {"words", list_of(schema("string"))},
       {"log_probability", schema("number")},
       {"log_probabilities", list_of(schema("number"))},
       {"beta", list_of(schema("number"))},
       {"alpha", list_of(list_of(schema("number")))},
       {"cells", list_of(schema("integer"))},
       {"grid",
        object_of({{"rows", schema("integer")}, {"columns", schema("integer")}, {"shift", schema("number")}})}});
  object["properties"]["seed"] = schema("integer");
  return object;
}

ordered_json get(const char* summary, ordered_json success, bool guarded) {
  ordered_json responses = with_common({{"200", std::move(success)}});
  if (guarded) responses["401"] = error("The token is missing or wrong.");
  ordered_json operation{{"summary", summary}, {"responses", std::move(responses)}};
  if (guarded) operation["security"] = {{{"bearer", ordered_json::array()}}};
  return {{"get", std::move(operation)}};
}

ordered_json caption_operation(const std::vector<std::string>& models, bool guarded) {
  ordered_json parameters = ordered_json::array();
  parameters.push_back({{"name", "model"},
                        {"in", "query"},
                        {"description", "Model; the first one unless it is given."},
                        {"schema", {{"type", "string"}, {"enum", models}}}});
  for (auto& parameter : query_parameters()) parameters.push_back(parameter);
  const ordered_json picture{{"type", "string"}, {"format", "binary"}, {"minLength", 1}};
  ordered_json success = answer("The object that `saccade caption --json` prints; with top or samples a list.",
                                "application/json", {{"oneOf", {reference("Caption"), list_of(reference("Caption"))}}});
  success["content"]["application/x-ndjson"] = {{"schema", schema("string")}};
  ordered_json responses = with_common({{"200", std::move(success)}});
  if (guarded) responses["401"] = error("The token is missing or wrong.");
  responses["409"] = error("Options exclude each other, or the model or this server does not support them.");
  responses["408"] = error("The request did not arrive in time.");
  responses["413"] = error("The body is larger than the server takes.");
  responses["422"] = error("The picture cannot be read.");
  responses["503"] = error("Too many photos wait; try again after the seconds in Retry-After.");
  responses["503"]["headers"] = {{"Retry-After", {{"schema", schema("integer")}}}};
  ordered_json operation{
      {"summary", "Caption a photo"},
      {"description",
       "Takes a JPEG, PNG, WebP, BMP, TIFF, HEIC, AVIF or GIF, as the body or in the field `photo` of a form."},
      {"parameters", std::move(parameters)},
      {"requestBody",
       {{"required", true},
        {"content",
         {{"image/*", {{"schema", picture}}},
          {"multipart/form-data",
           {{"schema", object_of({{"photo", picture}})}, {"encoding", {{"photo", {{"contentType", "image/*"}}}}}}}}}}},
      {"responses", std::move(responses)}};
  if (guarded) operation["security"] = {{{"bearer", ordered_json::array()}}};
  return {{"post", std::move(operation)}};
}

}  // namespace

std::string openapi_json(const ServeOptions& options, const std::vector<std::string>& models) {
  const bool guarded = !options.token.empty();
  ordered_json schemas{
      {"Error", object_of({{"status", schema("integer")}, {"error", schema("string")}})},
      {"Caption", caption_schema()},
      {"Models",
       object_of({{"models", list_of(object_of({{"name", schema("string")}, {"default", schema("boolean")}}))}})},
      {"Health", object_of({{"status", schema("string")}})}};
  ordered_json document{
      {"openapi", "3.0.3"},
      {"info", {{"title", "Saccade"}, {"version", SACCADE_VERSION}, {"description", "Captions photos."}}},
      {"paths",
       {{"/v1/caption", caption_operation(models, guarded)},
        {"/v1/models", get("The models", answer("The models.", "application/json", reference("Models")), guarded)},
        {"/healthz",
         get("Whether the server runs", answer("It does.", "application/json", reference("Health")), false)},
        {"/metrics", get("Counts for Prometheus", answer("Metrics.", "text/plain", schema("string")), guarded)},
        {"/openapi.json", get("This document", answer("The document.", "application/json", schema("object")), false)}}},
      {"components", {{"schemas", std::move(schemas)}}}};
  if (guarded) document["components"]["securitySchemes"] = {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}}};
  return document.dump() + "\n";
}

}  // namespace saccade::app
